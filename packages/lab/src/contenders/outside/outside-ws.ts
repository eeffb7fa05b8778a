import { Traffic } from '../traffic.ts'
import { endpointOf } from '../wire/endpoint.ts'
import { refusalWords } from '../wire/refusal.ts'
import { WebSocketLine } from '../wire/web-socket-line.ts'
import { stampAt } from './json-at.ts'
import type { Outside, OutsideSeat } from './outside.ts'

export interface OutsideWsOptions {
  readonly url: string
  /** Where in a message its time stands. Messages without one are no events. */
  readonly stampAt: string
  /** What is sent once the socket is open. */
  readonly send: readonly string[]
}

/** Listens to any socket whose messages are JSON and carry a time. */
export function outsideWs(options: OutsideWsOptions): Outside {
  return {
    name: 'outside-ws',
    probe: async () => {
      const seat = { traffic: new Traffic(), phase: 0, hear: () => {}, complain: () => {} }
      const line = await listen(options, seat).catch((error: unknown) => {
        throw new Error(`--ws: ${options.url}: ${refusalWords(error)}`, { cause: error })
      })
      line.close()
    },
    open: (seat) => listen(options, seat),
  }
}

async function listen({ url, stampAt: path, send }: OutsideWsOptions, { traffic, hear }: OutsideSeat) {
  const address = new URL(url)
  const line = await WebSocketLine.open({
    endpoint: endpointOf(address),
    path: `${address.pathname}${address.search}`,
    traffic,
    onText: (bytes, start, end) => {
      const stamp = stampAt(parsed(bytes.toString('utf8', start, end)), path)
      if (stamp !== null) hear(stamp)
    },
  })
  for (const text of send) line.send(text)
  return line
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
