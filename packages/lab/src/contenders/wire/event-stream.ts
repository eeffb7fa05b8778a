/** An open answer whose body goes on: a stream of events, counted. */
import type { Traffic } from '../traffic.ts'
import { AnswerReader } from './answer-reader.ts'
import { countedLine, type Endpoint } from './endpoint.ts'

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
      line.socket.destroy()
    }
    const reader = new AnswerReader(traffic, {
      head: ({ status }) =>
        status === 200 ? resolve({ close }) : reject(new Error(`a stream was answered ${status}`)),
      body: onText,
      done: () => line.socket.destroy(),
    })
    const line = countedLine(endpoint, traffic, (bytes) => reader.take(bytes))
    line.socket.on('error', reject)
    line.socket.on('close', () => {
      if (!isClosed) traffic.count('breaks')
      reject(new Error('a stream was closed before it began'))
    })
    const request = `GET ${path} HTTP/1.1\r\nHost: ${endpoint.authority}\r\nAccept: text/event-stream\r\n\r\n`
    traffic.spent('up', 'httpHeaders', Buffer.byteLength(request))
    traffic.count('requests')
    line.write(request)
  })
}
