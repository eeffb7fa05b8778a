/** How readers of one Dovetail channel come into its stream, by transport. */

import { LongPollReader } from '../load/long-poll-reader.ts'
import { type LoadReader, openSocket } from '../load/reader-crowd.ts'
import { StreamReader } from '../load/stream-reader.ts'

export type BenchTransport = 'websocket' | 'sse' | 'long-poll'

export type OpenReader = (onText: (bytes: Buffer, start: number, end: number) => void) => Promise<LoadReader>

/** `from`: the source address of a reader by long-poll. */
export function dovetailReaders(port: number, channel: string, transport: BenchTransport, from?: string): OpenReader {
  const path = `/v1/channels/${channel}/changes`
  switch (transport) {
    case 'websocket': {
      const greeting = [JSON.stringify({ id: 1, op: 'hello' }), JSON.stringify({ id: 2, op: 'subscribe', channel })]
      return (onText) => openSocket({ port, path: '/v1/ws', greeting, onText })
    }
    case 'sse':
      return async (onText) => {
        const reader = new StreamReader({ port, path, begun: 'event: changes', onText })
        await reader.opened
        return reader
      }
    case 'long-poll':
      return async (onText) => {
        const cursor = await cursorOf(port, channel)
        return new LongPollReader({
          port,
          path: `${path}?wait=25&after=`,
          cursor,
          onText,
          ...(from === undefined ? {} : { from }),
        })
      }
  }
}

export async function cursorOf(port: number, channel: string): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}/v1/channels/${channel}`)
  return ((await response.json()) as { cursor: string }).cursor
}
