/** Descriptions of the parameters that several operations share. */
import { codes, namePatterns } from 'dovetail-protocol'
import type { Parameter } from './operation.ts'

const cursorPattern = '^(0|[A-Za-z0-9]{1,64}\\.(0|[1-9][0-9]{0,15})(~[1-9][0-9]{0,15})?)$'

/** All variable parts of paths, by name. */
export const pathParameters: Readonly<Record<string, Parameter>> = {
  ch: {
    name: 'ch',
    description: 'The name of the channel: `namespace:rest`.',
    schema: { type: 'string', pattern: namePatterns.channel },
  },
  col: {
    name: 'col',
    description: 'The name of the collection, but not `changes`, `signals` or `presence`.',
    schema: { type: 'string', pattern: namePatterns.collection },
  },
  id: {
    name: 'id',
    description: "The record's id, but not `.` or `..`.",
    schema: { type: 'string', pattern: namePatterns.recordId },
  },
  user: {
    name: 'user',
    description: 'The name of the user, but not `.` or `..`.',
    schema: { type: 'string', pattern: namePatterns.user },
  },
  session: {
    name: 'session',
    description: 'The id of a sign-in: the `session` claim of its tokens.',
    schema: { type: 'string', pattern: namePatterns.recordId },
  },
  key: {
    name: 'key',
    description: 'The id of an API key, as the list of keys shows it.',
    schema: { type: 'string', pattern: namePatterns.recordId },
  },
  consumer: {
    name: 'consumer',
    description: 'The name of the consumer, but not `.` or `..`.',
    schema: { type: 'string', pattern: namePatterns.consumer },
  },
  webhook: {
    name: 'webhook',
    description: 'The name of a webhook of the configuration.',
    schema: { type: 'string', pattern: '^[A-Za-z0-9_.-]{1,48}$' },
  },
  event: {
    name: 'event',
    description: 'The `webhook-id` of an event that was given up.',
    schema: { type: 'string', pattern: '^evt_[0-9a-f]{32}$' },
  },
  file: { name: 'file', description: 'The name of a file of the documentation page.', schema: { type: 'string' } },
  fileId: {
    name: 'fileId',
    description: 'The id of the file, as its announcement gave it.',
    schema: { type: 'string', pattern: namePatterns.fileId },
  },
  code: {
    name: 'code',
    description: 'A code of the table of errors.',
    schema: { type: 'string', enum: Object.keys(codes) },
  },
}

export function limitParameter(what: string, max: number, byDefault: number): Parameter {
  return {
    name: 'limit',
    description: `At most this many ${what}.`,
    schema: { type: 'integer', minimum: 1, maximum: max, default: byDefault },
  }
}

export function textParameter(name: string, description: string, schema: object = {}): Parameter {
  return { name, description, schema: { type: 'string', ...schema } }
}

/** The name after which a list goes on. */
export function afterParameter(member = 'after'): Parameter {
  return textParameter('after', `The \`${member}\` of the previous page.`, { pattern: namePatterns.nameBeginning })
}

export function clientParameter(description: string, required = false): Parameter {
  return { ...textParameter('client', description, { pattern: namePatterns.client }), required }
}

export function positionParameter(name: string, description: string): Parameter {
  return { name, description, schema: { type: 'integer', format: 'int64', minimum: 0 } }
}

export function flagParameter(name: string, description: string): Parameter {
  return { name, description, schema: { type: 'string', enum: ['0', '1', 'true', 'false'], default: '0' } }
}

export function cursorParameter(name: string, description: string): Parameter {
  return { name, description, schema: { type: 'string', pattern: cursorPattern } }
}

export const atLeast: Parameter = cursorParameter(
  'Dovetail-At',
  'A position from an earlier answer: this answer stands at it or above.',
)

export const ifNoneMatch: Parameter = textParameter(
  'If-None-Match',
  'A tag that is held already: 304 where it is still the one.',
)

/** The headers of a write: idempotency key, precondition and author. */
export const writeHeaders: readonly Parameter[] = [
  {
    name: 'Idempotency-Key',
    description:
      'An idempotency key: a write that is sent again with it gets the reply of the first one. Kept per author and channel.',
    schema: { type: 'string', pattern: namePatterns.idempotencyKey },
  },
  {
    name: 'Dovetail-Author',
    description: 'The user who becomes the author; absent: the caller. Only `service` callers may set it.',
    schema: { type: 'string', pattern: namePatterns.user },
  },
]

export const preconditionHeaders: readonly Parameter[] = [
  textParameter('If-Match', 'The tag that the record must have; `*`: it must exist.'),
  textParameter(
    'If-None-Match',
    'The tag that the record must not have; `*`: it must not exist, so that the write only creates.',
  ),
]
