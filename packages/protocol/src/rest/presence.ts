/** Requests and replies of the routes for presence and signals. */
import Type, { type Static } from 'typebox'
import { PresentUser } from '../frames/subscribe.ts'
import { nullable } from '../nullable.ts'

/** A present user on a page of the list. */
export const ListedUser = Type.Object({
  ...PresentUser.properties,
  connections: Type.Integer({ description: 'The number of connections of the user to this channel, on all nodes.' }),
})

export const PresencePage = Type.Object({
  users: Type.Array(ListedUser, { description: 'The users of this page, each once.' }),
  next: nullable(Type.String({ description: 'The `after` parameter of the next page; null: this is the last page.' })),
})
export type PresencePage = Static<typeof PresencePage>

/** Makes or keeps a reader present that has no WebSocket. */
export const PresenceRenewal = Type.Object({
  client: Type.String({ description: 'The id of this reader: 1 to 64 of A-Z a-z 0-9 _ . : ~ -' }),
  state: Type.Optional(Type.Unknown({ description: 'What others see of the caller: any JSON.' })),
  seconds: Type.Optional(
    Type.Number({
      minimum: 1,
      maximum: 120,
      description: 'How many seconds the caller stays present; absent: the limit `presenceSeconds`.',
    }),
  ),
})
export type PresenceRenewal = Static<typeof PresenceRenewal>

export const SignalRequest = Type.Object({
  type: Type.String({ description: 'The kind of signal, chosen by the application.' }),
  data: Type.Unknown({ description: 'The content of the signal: any JSON.' }),
})
export type SignalRequest = Static<typeof SignalRequest>
