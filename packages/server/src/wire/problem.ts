/**
 * Encodes a refusal for each transport: as a problem document, as the error of a WebSocket reply, or for one channel.
 */
import {
  type AnyRecord,
  type ChannelRefusal,
  type Code,
  codes,
  type ErrorBody,
  type FieldError,
  type Problem,
  problemType,
  type ResetReason,
} from 'dovetail-protocol'
import { encodeJson, type JsonText } from './json-text.ts'
import { recordWithin } from './record.ts'

/** An error code of the closed table, a sentence for people, and the further members that some codes have. */
export interface Refusal {
  readonly code: Code
  readonly message: string
  readonly extras: {
    /** Seconds until the same request may succeed. */
    readonly retryAfter?: number
    readonly errors?: readonly FieldError[]
    /** With `rev_mismatch` and `exists`: the JSON text of the current record. */
    readonly current?: JsonText<AnyRecord>
    readonly reason?: ResetReason
    /** With `reset`: the cursor of the head, to continue from. */
    readonly cursor?: string
  }
}

/** What of the request and of the server stands in a problem document. */
export interface ProblemSource {
  readonly requestId: string
  /** What stands in front of the server's own paths; empty: nothing. */
  readonly basePath: string
}

/** A body of `application/problem+json` (RFC 9457). */
export function encodeProblem(refusal: Refusal, source: ProblemSource): JsonText<Problem> {
  return encodeProblemWith(refusal, source, {})
}

/** A problem document with extension members (RFC 9457, section 3.2). */
export function encodeProblemWith<More extends object>(
  { code, message, extras }: Refusal,
  { requestId, basePath }: ProblemSource,
  more: More,
): JsonText<Problem & More> {
  const { retryAfter, errors, reason, cursor } = extras
  const problem = {
    type: problemType(code, basePath),
    title: codes[code].title,
    status: codes[code].http,
    code,
    detail: message,
    retryable: codes[code].retry,
    ...defined({ retryAfter, errors: errors as FieldError[] | undefined, reason, cursor }),
    // With `internal` only: the id under which the server logged the error.
    ...(code === 'internal' ? { requestId } : {}),
    ...more,
  }
  return withCurrent<Problem & More>(problem, extras.current)
}

/** The `error` member of a WebSocket reply, of at most `maxBytes`. */
export function encodeErrorBody({ code, message, extras }: Refusal, maxBytes: number | null): JsonText<ErrorBody> {
  const { retryAfter, errors } = extras
  const current = extras.current === undefined ? undefined : recordWithin(extras.current, maxBytes)
  const retryable = codes[code].retry
  const body = {
    code,
    detail: message,
    retryable,
    ...defined({ retryAfter, errors: errors as FieldError[] | undefined }),
  }
  return withCurrent<ErrorBody>(body, current)
}

/** The entry of one channel that could not be read, in a reply for several channels. */
export function encodeChannelRefusal(channel: string, { code, message, extras }: Refusal): JsonText<ChannelRefusal> {
  const { reason, cursor, retryAfter } = extras
  return encodeJson({
    channel,
    error: { code, detail: message, retryable: codes[code].retry, ...defined({ reason, cursor, retryAfter }) },
  })
}

/** Appends `current`, which is JSON text already, as the last member. */
function withCurrent<T extends { current?: unknown }>(body: Omit<T, 'current'>, current: string | undefined) {
  const text = encodeJson(body)
  return (current === undefined ? text : `${text.slice(0, -1)},"current":${current}}`) as JsonText<T>
}

type Defined<T> = { [Member in keyof T]?: NonNullable<T[Member]> }

/** The members that are not `undefined`. */
function defined<T extends object>(members: T): Defined<T> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Defined<T>
}
