/** Everything that a server may send over a WebSocket: events, and the one reply to each command. */
import Type, { type Static } from 'typebox'
import type { Code } from './codes.ts'
import { Changes, Ended, Reset } from './frames/changes.ts'
import { Goaway } from './frames/control.ts'
import { CommandId } from './frames/frame.ts'
import { Expiring } from './frames/hello.ts'
import { Demand, Presence } from './frames/presence.ts'
import { Signal } from './frames/signal.ts'

/** Each event's schema by its `op`. */
export const downSchemas = {
  changes: Changes,
  reset: Reset,
  ended: Ended,
  signal: Signal,
  presence: Presence,
  demand: Demand,
  expiring: Expiring,
  goaway: Goaway,
} as const

export type DownEvent = Changes | Reset | Ended | Signal | Presence | Demand | Expiring | Goaway

/** One wrong field: a JSON pointer (RFC 6901) into the data, and a sentence for people. */
export const FieldError = Type.Object({ pointer: Type.String(), message: Type.String() })
export type FieldError = Static<typeof FieldError>

export const ErrorBody = Type.Object({
  code: Type.String(),
  detail: Type.String(),
  retryAfter: Type.Optional(Type.Number()),
  errors: Type.Optional(Type.Array(FieldError)),
  current: Type.Optional(Type.Unknown()),
  requestId: Type.Optional(Type.String()),
})
export type ErrorBody = Omit<Static<typeof ErrorBody>, 'code'> & { code: Code }

export const Reply = Type.Union([
  Type.Object({ id: CommandId, ok: Type.Unknown() }),
  Type.Object({ id: CommandId, error: ErrorBody }),
])
export type Reply<Ok = unknown> = { id: string | number; ok: Ok } | { id: string | number; error: ErrorBody }

export type Down = DownEvent | Reply
