/**
 * Presence: which users follow a channel now, each listed once however many connections it has. The command `state` sets
 * what others see of the caller. The event `demand` says to a `service` caller whether the channel has any reader.
 */
import Type, { type Static } from 'typebox'
import { event, quietCommand } from './frame.ts'
import { PresentUser } from './subscribe.ts'

export const StateCommand = quietCommand('state', {
  channel: Type.String({ description: 'The name of the channel.' }),
  state: Type.Unknown({ description: 'What others see of the caller: any JSON, up to `presenceStateBytes` bytes.' }),
})
export type StateCommand = Static<typeof StateCommand>

/** A user whose state has changed. */
export const PresenceState = Type.Object({
  user: Type.String({ description: 'The name of the user.' }),
  state: Type.Unknown({ description: 'What others see of the user now.' }),
})

export const Presence = event('presence', {
  channel: Type.String({ description: 'The name of the channel.' }),
  join: Type.Optional(Type.Array(PresentUser, { description: 'Users who have become present.' })),
  leave: Type.Optional(Type.Array(Type.String(), { description: 'Names of users who are no longer present.' })),
  state: Type.Optional(Type.Array(PresenceState, { description: 'Users whose state has changed.' })),
  all: Type.Optional(
    Type.Array(PresentUser, { description: 'The presence list, which replaces all that the reader knew before.' }),
  ),
})
export type Presence = Static<typeof Presence>

export const Demand = event('demand', {
  channel: Type.String({ description: 'The name of the channel.' }),
  readers: Type.Union([Type.Literal(0), Type.Literal(1)], {
    description: '0: the channel has no reader; 1: it has at least one.',
  }),
})
export type Demand = Static<typeof Demand>
