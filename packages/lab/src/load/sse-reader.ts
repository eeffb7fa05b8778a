/** A reader of an event stream, as light as the socket's: a bare TCP connection whose chunks are looked at, not parsed. */
import { connect, type Socket } from 'node:net'
import { ChunkScanner } from '../framing/chunk-scanner.ts'
import { parseHead } from '../framing/http-head.ts'

export interface SseReaderOptions {
  readonly port: number
  readonly path: string
  /** What stands in the chunk with which the stream has begun. */
  readonly readyMark: string
  /** A chunk lies in `bytes` from `start` to `end`, and only until this returns. */
  readonly onText: (bytes: Buffer, start: number, end: number) => void
}

/** Reads are handled to their end before the next one begins, so all streams can share it. */
const shared = Buffer.allocUnsafeSlow(1 << 20)

export class SseReader {
  /** Resolves when the stream has begun. */
  readonly opened: Promise<void>
  readonly #socket: Socket
  readonly #scanner: ChunkScanner
  #head: Buffer | null = Buffer.alloc(0)

  constructor({ port, path, readyMark, onText }: SseReaderOptions) {
    let open = (): void => {}
    let fail = (_error: Error): void => {}
    this.opened = new Promise((resolve, reject) => {
      open = resolve
      fail = reject
    })
    // A failure reaches whoever awaits `opened`; without this it would also be an unhandled rejection.
    this.opened.catch(() => {})
    let isOpen = false
    this.#scanner = new ChunkScanner((bytes, start, end) => {
      onText(bytes, start, end)
      if (isOpen || !bytes.subarray(start, end).includes(readyMark)) return
      isOpen = true
      open()
    })
    const callback = (length: number, bytes: Uint8Array): boolean => {
      this.#take(Buffer.from(bytes.buffer, bytes.byteOffset, length), fail)
      return true
    }
    this.#socket = connect({ port, host: '127.0.0.1', onread: { buffer: shared, callback } })
    this.#socket.setNoDelay(true)
    this.#socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAccept: text/event-stream\r\n\r\n`)
    this.#socket.on('error', fail)
  }

  #take(bytes: Buffer, fail: (error: Error) => void): void {
    if (this.#head === null) {
      this.#scanner.take(bytes)
      return
    }
    this.#head = Buffer.concat([this.#head, bytes])
    const found = parseHead(this.#head)
    if (found === null) return
    if (found.head.status !== 200) fail(new Error(`a stream was answered ${found.head.status}`))
    const rest = this.#head.subarray(found.length)
    this.#head = null
    if (rest.length > 0) this.#scanner.take(rest)
  }

  destroy(): void {
    this.#socket.destroy()
  }
}
