/**
 * `hello` is the first command of a connection. The server replies with who the caller is, or with an error and close
 * code 4401. The event `expiring` says that the token is about to expire: the client then sends `hello` again, with a
 * new token of the same user.
 */
import Type, { type Static } from 'typebox'
import { command, event, maxBytes } from './frame.ts'

export const Hello = command('hello', {
  token: Type.Optional(
    Type.String({
      description:
        'A bearer token; absent: the token of the upgrade request counts, and without one the caller is anonymous.',
    }),
  ),
  maxBytes,
})
export type Hello = Static<typeof Hello>

export const HelloOk = Type.Object({
  user: Type.Union([Type.String(), Type.Null()], { description: 'The name of the caller; null: anonymous.' }),
  connection: Type.String({ description: "The id of this connection in the server's log." }),
  limits: Type.Record(Type.String(), Type.Number(), {
    description: 'The value of each limit by its name; the name says the unit.',
  }),
  serverTime: Type.String({ description: "The server's clock: ISO 8601, UTC, in milliseconds." }),
  readers: Type.Optional(
    Type.Integer({
      minimum: 0,
      description:
        'The number of readers of this node, rounded up to one significant digit. All of them reconnect when the node is lost, so a client delays its first attempt by a random time of up to 8 ms for each reader.',
    }),
  ),
  expiresAt: Type.Optional(Type.String({ description: 'When the token expires: ISO 8601, UTC.' })),
})
export type HelloOk = Static<typeof HelloOk>

export const Expiring = event('expiring', {
  inSeconds: Type.Number({ description: 'Seconds until the token expires.' }),
})
export type Expiring = Static<typeof Expiring>
