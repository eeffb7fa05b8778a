/** Opens readers of one Dovetail channel, by transport. */

import { LongPollReader } from '../../load/long-poll-reader.ts'
import { type LoadReader, openWebSocketReader } from '../../load/reader-crowd.ts'
import { SseReader } from '../../load/sse-reader.ts'

export type BenchTransport = 'websocket' | 'sse' | 'long-poll'

export type OpenReader = (onText: (bytes: Buffer, start: number, end: number) => void) => Promise<LoadReader>

/** `from`: the source address of a reader by long-poll. */
export function dovetailReaders(port: number, channel: string, transport: BenchTransport, from?: string): OpenReader {
  const path = `/v1/channels/${channel}/changes`
  switch (transport) {
    case 'websocket': {
      const greeting = [JSON.stringify({ id: 1, op: 'hello' }), JSON.stringify({ id: 2, op: 'subscribe', channel })]
      return (onText) => openWebSocketReader({ port, path: '/v1/ws', greeting, onText })
    }
    case 'sse':
      return async (onText) => {
        const reader = new SseReader({ port, path, readyMark: 'event: changes', onText })
        await reader.opened
        return reader
      }
    case 'long-poll':
      return async (onText) => {
        const cursor = await readCursor(port, channel)
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

export async function readCursor(port: number, channel: string): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}/v1/channels/${channel}`)
  return ((await response.json()) as { cursor: string }).cursor
}
