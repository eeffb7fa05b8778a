/** Everything that a server may send over a WebSocket: events, and the one reply to each command. */
import Type, { type Static } from 'typebox'
import type { Code } from '../rules/codes.ts'
import { Changes, Ended, Reset } from './changes.ts'
import { Goaway } from './control.ts'
import { PatternFollowed, PatternUnfollowed } from './follow.ts'
import { CommandId } from './frame.ts'
import { Expiring } from './hello.ts'
import { Demand, Presence } from './presence.ts'
import { Signal } from './signal.ts'

/** Each event's schema by its `op`. */
export const downSchemas = {
  changes: Changes,
  reset: Reset,
  ended: Ended,
  followed: PatternFollowed,
  unfollowed: PatternUnfollowed,
  signal: Signal,
  presence: Presence,
  demand: Demand,
  expiring: Expiring,
  goaway: Goaway,
} as const

export type DownEvent =
  | Changes
  | Reset
  | Ended
  | PatternFollowed
  | PatternUnfollowed
  | Signal
  | Presence
  | Demand
  | Expiring
  | Goaway

/** One wrong field of the data, and what is wrong with it. */
export const FieldError = Type.Object({
  pointer: Type.String({ description: 'A JSON pointer (RFC 6901) to the wrong field, from the root of the data.' }),
  message: Type.String({ description: 'A sentence for people that says what is wrong.' }),
})
export type FieldError = Static<typeof FieldError>

/** What every refusal says, over a socket and in a problem document. */
export const errorMembers = {
  code: Type.String({ description: 'An error code of the closed table in docs/protocol.md.' }),
  detail: Type.String({ description: 'A sentence for people that says what is wrong.' }),
  retryable: Type.Boolean({ description: 'Whether the same request may succeed when it is sent again later.' }),
  retryAfter: Type.Optional(Type.Number({ description: 'Seconds until the same request may succeed.' })),
  errors: Type.Optional(Type.Array(FieldError, { description: 'With `invalid_data`: every wrong field.' })),
  current: Type.Optional(Type.Unknown({ description: 'With `rev_mismatch` and `exists`: the record as it is now.' })),
}

/** The id of the request, last in a refusal. */
export const requestId = Type.Optional(
  Type.String({ description: 'With `internal` only: the id under which the server logged the error.' }),
)

/** The `error` of a reply: what a problem document carries over HTTP. */
export const ErrorBody = Type.Object({ ...errorMembers, requestId })
export type ErrorBody = Omit<Static<typeof ErrorBody>, 'code'> & { code: Code }

/** The one reply to a command: `ok` with the result, or `error`. */
export const Reply = Type.Union([
  Type.Object({ id: CommandId, ok: Type.Unknown({ description: 'The result of the command.' }) }),
  Type.Object({ id: CommandId, error: ErrorBody }),
])
export type Reply<Ok = unknown> = { id: string | number; ok: Ok } | { id: string | number; error: ErrorBody }

export type Down = DownEvent | Reply
