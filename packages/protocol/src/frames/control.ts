/**
 * Frames about the connection itself: a client sends `ping` to measure the round trip and the server's clock; the server
 * sends `goaway` when it shuts down, with the time after which it will close this connection.
 */
import Type, { type Static } from 'typebox'
import { command, event } from './frame.ts'

export const Ping = command('ping', {})
export type Ping = Static<typeof Ping>

export const PingOk = Type.Object({
  serverTime: Type.String({ description: "The server's clock: ISO 8601, UTC, in milliseconds." }),
})
export type PingOk = Static<typeof PingOk>

export const Goaway = event('goaway', {
  reconnectInMs: Type.Integer({
    minimum: 0,
    description: 'Milliseconds until the server closes this connection, for the client to reconnect then.',
  }),
})
export type Goaway = Static<typeof Goaway>
