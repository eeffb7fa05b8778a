import { describeConnectionError } from '../traffic/connection-error.ts'
import { parseEndpoint } from '../traffic/endpoint.ts'
import { Traffic } from '../traffic/traffic.ts'
import { WebSocketConnection } from '../traffic/websocket-connection.ts'
import type { ExternalClient, ExternalSource } from './external-source.ts'
import { timestampAtPath } from './json-path.ts'

export interface ExternalWebSocketOptions {
  readonly url: string
  /** Where in a message its time stands. Messages without one are no events. */
  readonly timestampPath: string
  /** What is sent once the socket is open. */
  readonly send: readonly string[]
}

/** Listens to any socket whose messages are JSON and carry a time. */
export function externalWebSocket(options: ExternalWebSocketOptions): ExternalSource {
  return {
    name: 'outside-ws',
    probe: async () => {
      const client = { traffic: new Traffic(), phase: 0, receive: () => {}, reportProblem: () => {} }
      const connection = await listen(options, client).catch((error: unknown) => {
        throw new Error(`--ws: ${options.url}: ${describeConnectionError(error)}`, { cause: error })
      })
      connection.close()
    },
    open: (client) => listen(options, client),
  }
}

async function listen(
  { url, timestampPath: path, send }: ExternalWebSocketOptions,
  { traffic, receive }: ExternalClient,
) {
  const address = new URL(url)
  const connection = await WebSocketConnection.open({
    endpoint: parseEndpoint(address),
    path: `${address.pathname}${address.search}`,
    traffic,
    onText: (bytes, start, end) => {
      const timestamp = timestampAtPath(parsed(bytes.toString('utf8', start, end)), path)
      if (timestamp !== null) receive(timestamp)
    },
  })
  for (const text of send) connection.send(text)
  return connection
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
