/** A reader by long-poll: it asks, waits, and asks again from the cursor that it was given. */
import { connect, type Socket } from 'node:net'
import { parseHead } from '../framing/http-head.ts'

export interface LongPollReaderOptions {
  readonly port: number
  /** Everything of the request's target but the cursor, which is put behind it. */
  readonly path: string
  readonly cursor: string
  /** The source address. */
  readonly from?: string
  /** A body lies in `bytes` from `start` to `end`. */
  readonly onText: (bytes: Buffer, start: number, end: number) => void
}

const cursorMark = Buffer.from('"cursor":"')

export class LongPollReader {
  readonly #options: LongPollReaderOptions
  readonly #socket: Socket
  #received: Buffer = Buffer.alloc(0)
  #requests = 0

  constructor(options: LongPollReaderOptions) {
    this.#options = options
    this.#socket = connect({
      port: options.port,
      host: '127.0.0.1',
      ...(options.from === undefined ? {} : { localAddress: options.from }),
    })
    this.#socket.setNoDelay(true)
    this.#socket.on('data', (bytes) => this.#take(bytes))
    // A line that breaks shows as lost deliveries.
    this.#socket.on('error', () => this.#socket.destroy())
    this.#ask(options.cursor)
  }

  get requests(): number {
    return this.#requests
  }

  #ask(cursor: string): void {
    const { path, port } = this.#options
    this.#requests++
    this.#socket.write(`GET ${path}${cursor} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`)
  }

  #take(bytes: Buffer): void {
    this.#received = this.#received.length === 0 ? bytes : Buffer.concat([this.#received, bytes])
    const found = parseHead(this.#received)
    if (found === null) return
    const end = found.length + Number(found.head.headers.get('content-length') ?? 0)
    if (this.#received.length < end) return
    const body = this.#received.subarray(found.length, end)
    this.#received = this.#received.subarray(end)
    if (found.head.status !== 200) throw new Error(`a poll was answered ${found.head.status}: ${body.toString()}`)
    this.#options.onText(body, 0, body.length)
    const at = body.indexOf(cursorMark) + cursorMark.length
    this.#ask(body.toString('latin1', at, body.indexOf('"', at)))
  }

  destroy(): void {
    this.#socket.destroy()
  }
}
