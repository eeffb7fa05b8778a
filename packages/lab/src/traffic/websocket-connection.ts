/** A WebSocket whose every byte is counted, frame by frame. */
import { clientFrame } from '../framing/client-frame.ts'
import { FrameScanner } from '../framing/frame-scanner.ts'
import { parseHead } from '../framing/http-head.ts'
import { upgradeRequest } from '../framing/upgrade-request.ts'
import { type CountedConnection, type Endpoint, openCountedConnection } from './endpoint.ts'
import type { Traffic } from './traffic.ts'

export interface WebSocketConnectionOptions {
  readonly endpoint: Endpoint
  readonly path: string
  readonly traffic: Traffic
  /** A message lies in `bytes` from `start` to `end`, and only until this returns. */
  readonly onText: (bytes: Buffer, start: number, end: number) => void
}

export class WebSocketConnection {
  readonly #traffic: Traffic
  readonly #connection: CountedConnection
  readonly #scanner: FrameScanner
  #head: Buffer | null = Buffer.alloc(0)
  #isClosed = false

  private constructor(
    { endpoint, path, traffic, onText }: WebSocketConnectionOptions,
    finish: (error?: Error) => void,
  ) {
    this.#traffic = traffic
    this.#scanner = new FrameScanner({
      text: onText,
      ping: (payload) => this.#send(10, payload),
      close: () => this.#connection.socket.end(),
      frame: (header, payload) => traffic.countFrame('down', header, payload),
    })
    this.#connection = openCountedConnection(endpoint, traffic, (bytes) => this.#take(bytes, finish))
    this.#connection.socket.on('error', finish)
    this.#connection.socket.on('close', () => {
      if (!this.#isClosed) traffic.count('breaks')
      finish(new Error('a WebSocket was closed before it opened'))
    })
    const request = upgradeRequest(endpoint.authority, path)
    traffic.attributeBytes('up', 'httpHeaders', request.length)
    traffic.count('requests')
    this.#connection.write(request)
  }

  /** Resolves when the server has agreed to the upgrade. */
  static open(options: WebSocketConnectionOptions): Promise<WebSocketConnection> {
    return new Promise((resolve, reject) => {
      const connection: WebSocketConnection = new WebSocketConnection(options, (error) =>
        error ? reject(error) : resolve(connection),
      )
    })
  }

  #take(bytes: Buffer, finish: (error?: Error) => void): void {
    if (this.#head === null) {
      this.#scanner.take(bytes)
      return
    }
    this.#head = Buffer.concat([this.#head, bytes])
    const found = parseHead(this.#head)
    if (found === null) return
    this.#traffic.attributeBytes('down', 'httpHeaders', found.length)
    const rest = this.#head.subarray(found.length)
    this.#head = null
    const { status } = found.head
    finish(status === 101 ? undefined : new Error(`a WebSocket's upgrade was answered ${status}`))
    if (rest.length > 0) this.#scanner.take(rest)
  }

  send(text: string): void {
    this.#send(1, Buffer.from(text))
  }

  #send(opcode: number, payload: Buffer): void {
    const frame = clientFrame(opcode, payload)
    this.#traffic.countFrame('up', frame.length - payload.length, payload.length)
    this.#connection.write(frame)
  }

  close(): void {
    this.#isClosed = true
    this.#connection.socket.destroy()
  }
}
