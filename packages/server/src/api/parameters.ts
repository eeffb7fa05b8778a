/** Parameters that several operations share. */
import { namePatterns } from '@dovetail/protocol'
import type { Parameter } from './operation.ts'

const cursorPattern = '^(0|[A-Za-z0-9]{1,64}\\.(0|[1-9][0-9]{0,15}))$'

/** Every part of a path that varies. */
export const pathParameters: Readonly<Record<string, Parameter>> = {
  ch: {
    name: 'ch',
    description: 'The channel: `namespace:rest`.',
    schema: { type: 'string', pattern: namePatterns.channel },
  },
  col: {
    name: 'col',
    description: 'The collection. `changes`, `signals` and `presence` are none.',
    schema: { type: 'string', pattern: namePatterns.collection },
  },
  id: {
    name: 'id',
    description: "The record's id. Not `.` or `..`.",
    schema: { type: 'string', pattern: namePatterns.recordId },
  },
  user: {
    name: 'user',
    description: 'The user. Not `.` or `..`.',
    schema: { type: 'string', pattern: namePatterns.user },
  },
  session: {
    name: 'session',
    description: 'One sign-in: the `session` claim of its tokens.',
    schema: { type: 'string', pattern: namePatterns.recordId },
  },
  file: { name: 'file', description: 'A file that the page is made of.', schema: { type: 'string' } },
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

export function positionParameter(name: string, description: string): Parameter {
  return { name, description, schema: { type: 'integer', minimum: 0 } }
}

export function flagParameter(name: string, description: string): Parameter {
  return { name, description, schema: { enum: ['0', '1', 'true', 'false'], default: '0' } }
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

/** What makes a write safe: to retry, against others, in another's name. */
export const writeHeaders: readonly Parameter[] = [
  {
    name: 'Idempotency-Key',
    description: "Makes the write safe to retry: the first one's success again. Kept per author and channel.",
    schema: { type: 'string', pattern: namePatterns.idempotencyKey },
  },
  {
    name: 'Dovetail-Author',
    description: 'The author to write for; `service` callers only.',
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
