/** A WebSocket as light as it gets: a bare TCP connection whose reads share one buffer, so that a thousand fit in a process. */
import { connect, type Socket } from 'node:net'
import { clientFrame } from '../framing/client-frame.ts'
import { FrameScanner } from '../framing/frame-scanner.ts'
import { upgradeRequest } from '../framing/upgrade-request.ts'

export interface WebSocketReaderOptions {
  readonly port: number
  readonly path: string
  /** The source address, where one address has too few ports for all connections. */
  readonly from?: string
  /** The payload of a text frame: in `bytes` from `start` to `end`, and only until this returns. */
  readonly onText: (bytes: Buffer, start: number, end: number) => void
}

/** Reads are handled to their end before the next one begins, so all sockets can share it. */
const shared = Buffer.allocUnsafeSlow(1 << 20)

export class WebSocketReader {
  readonly opened: Promise<void>
  /** Resolves with the close code; 1006 where the line broke. */
  readonly ended: Promise<number>
  readonly #socket: Socket
  readonly #scanner: FrameScanner
  #head: string | null = ''
  #closeCode = 1006

  constructor(options: WebSocketReaderOptions) {
    const { port, path, from, onText } = options
    this.#scanner = new FrameScanner({
      text: onText,
      ping: (payload) => this.#send(10, payload),
      close: (code) => {
        this.#closeCode = code
        this.#socket.end()
      },
    })
    let open = (): void => {}
    let fail = (_error: Error): void => {}
    this.opened = new Promise((resolve, reject) => {
      open = resolve
      fail = reject
    })
    const callback = (length: number, bytes: Uint8Array): boolean => {
      this.#take(Buffer.from(bytes.buffer, bytes.byteOffset, length), open, fail)
      return true
    }
    this.#socket = connect({
      port,
      host: '127.0.0.1',
      ...(from === undefined ? {} : { localAddress: from }),
      onread: { buffer: shared, callback },
    })
    this.#socket.setNoDelay(true)
    this.#socket.on('connect', () => this.#socket.write(upgradeRequest(`127.0.0.1:${port}`, path)))
    this.#socket.on('error', (error) => fail(error))
    this.ended = new Promise((resolve) => this.#socket.on('close', () => resolve(this.#closeCode)))
    // A failure reaches whoever awaits `opened`; without this it would also be an unhandled rejection.
    this.opened.catch(() => {})
  }

  #take(bytes: Buffer, open: () => void, fail: (error: Error) => void): void {
    if (this.#head === null) {
      this.#scanner.take(bytes)
      return
    }
    this.#head += bytes.toString('latin1')
    const end = this.#head.indexOf('\r\n\r\n')
    if (end < 0) return
    const rest = Buffer.from(this.#head.slice(end + 4), 'latin1')
    const isOpen = this.#head.startsWith('HTTP/1.1 101')
    if (!isOpen) fail(new Error(`no upgrade: ${this.#head.slice(0, 200)}`))
    this.#head = null
    if (isOpen) open()
    if (rest.length > 0) this.#scanner.take(rest)
  }

  send(text: string): void {
    this.#send(1, Buffer.from(text))
  }

  #send(opcode: number, payload: Buffer): void {
    this.#socket.write(clientFrame(opcode, payload))
  }

  pause(): void {
    this.#socket.pause()
  }

  destroy(): void {
    this.#socket.destroy()
  }
}
