/** Keeping a connection: `ping` measures the round trip and the clock; `goaway` tells a client its slot in a drain. */
import Type, { type Static } from 'typebox'
import { command, event } from './frame.ts'

export const Ping = command('ping', {})
export type Ping = Static<typeof Ping>

export const PingOk = Type.Object({ serverTime: Type.String() })
export type PingOk = Static<typeof PingOk>

export const Goaway = event('goaway', { reconnectInMs: Type.Integer({ minimum: 0 }) })
export type Goaway = Static<typeof Goaway>
