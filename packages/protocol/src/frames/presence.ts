/** Presence counts users, not connections. `state` sets what the caller's presence shows; `demand` tells a feeder whether anyone reads. */
import Type, { type Static } from 'typebox'
import { event, quietCommand } from './frame.ts'
import { PresentUser } from './subscribe.ts'

export const StateCommand = quietCommand('state', { channel: Type.String(), state: Type.Unknown() })
export type StateCommand = Static<typeof StateCommand>

export const Presence = event('presence', {
  channel: Type.String(),
  join: Type.Optional(Type.Array(PresentUser)),
  leave: Type.Optional(Type.Array(Type.String())),
  state: Type.Optional(Type.Array(Type.Object({ user: Type.String(), state: Type.Unknown() }))),
  all: Type.Optional(Type.Array(PresentUser)),
})
export type Presence = Static<typeof Presence>

export const Demand = event('demand', {
  channel: Type.String(),
  readers: Type.Union([Type.Literal(0), Type.Literal(1)]),
})
export type Demand = Static<typeof Demand>
