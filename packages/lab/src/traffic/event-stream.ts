/** An open answer whose body goes on: a stream of events, counted. */

import { type Endpoint, openCountedConnection } from './endpoint.ts'
import { ResponseReader } from './response-reader.ts'
import type { Traffic } from './traffic.ts'

export interface EventStreamOptions {
  readonly endpoint: Endpoint
  readonly path: string
  readonly traffic: Traffic
  /** A part of the stream lies in `bytes` from `start` to `end`, and only until this returns. */
  readonly onText: (bytes: Buffer, start: number, end: number) => void
}

export interface EventStream {
  close(): void
}

/** Resolves when the server has begun to answer. */
export function openEventStream({ endpoint, path, traffic, onText }: EventStreamOptions): Promise<EventStream> {
  return new Promise((resolve, reject) => {
    let isClosed = false
    const close = (): void => {
      isClosed = true
      connection.socket.destroy()
    }
    const reader = new ResponseReader(traffic, {
      head: ({ status }) =>
        status === 200 ? resolve({ close }) : reject(new Error(`a stream was answered ${status}`)),
      body: onText,
      done: () => connection.socket.destroy(),
    })
    const connection = openCountedConnection(endpoint, traffic, (bytes) => reader.take(bytes))
    connection.socket.on('error', reject)
    connection.socket.on('close', () => {
      if (!isClosed) traffic.count('breaks')
      reject(new Error('a stream was closed before it began'))
    })
    const request = `GET ${path} HTTP/1.1\r\nHost: ${endpoint.authority}\r\nAccept: text/event-stream\r\n\r\n`
    traffic.attributeBytes('up', 'httpHeaders', Buffer.byteLength(request))
    traffic.count('requests')
    connection.write(request)
  })
}
