/** The checker's reader made with the SDK, on one server: it judges what an application gets to see. */
import { setTimeout as pause } from 'node:timers/promises'
import type { TransportName } from 'dovetail-client'
import { Nodes, SdkReader } from 'dovetail-lab/check'
import type { Reader, ReaderOptions } from './reader.ts'

const backOff = 0.05

export function makeSdkReader(options: ReaderOptions, transport: TransportName = 'websocket'): Reader {
  const { name, port, channel, random } = options
  const nodes = new Nodes([`http://127.0.0.1:${port}`])
  const location = { nodes, channel, collection: 'messages', token: null }
  return new SdkReader({ ...location, name: `${name}, SDK`, transport, random, pause: (ms) => pause(ms) }, backOff)
}
