/**
 * The first command of a connection. The client sends `hello`; the server answers with who the
 * caller is, or with an error and a close 4401. Sent again with a new token of the same user, it
 * refreshes the connection; `expiring` asks for that.
 */
import Type, { type Static } from 'typebox'
import { command, event } from './frame.ts'

export const Hello = command('hello', { token: Type.Optional(Type.String()) })
export type Hello = Static<typeof Hello>

export const HelloOk = Type.Object({
  user: Type.Union([Type.String(), Type.Null()]),
  connection: Type.String(),
  limits: Type.Record(Type.String(), Type.Number()),
  serverTime: Type.String(),
  expiresAt: Type.Optional(Type.String()),
})
export type HelloOk = Static<typeof HelloOk>

export const Expiring = event('expiring', { inSeconds: Type.Number() })
export type Expiring = Static<typeof Expiring>
