/** A WebSocket whose every byte is counted, frame by frame. */
import { clientFrame } from '../../load/client-frame.ts'
import { FrameScanner } from '../../load/frame-scanner.ts'
import { headOf } from '../../load/http-head.ts'
import { upgradeRequest } from '../../load/upgrade-request.ts'
import type { Traffic } from '../traffic.ts'
import { type CountedLine, countedLine, type Endpoint } from './endpoint.ts'

export interface WebSocketLineOptions {
  readonly endpoint: Endpoint
  readonly path: string
  readonly traffic: Traffic
  /** A message lies in `bytes` from `start` to `end`, and only until this returns. */
  readonly onText: (bytes: Buffer, start: number, end: number) => void
}

export class WebSocketLine {
  readonly #traffic: Traffic
  readonly #line: CountedLine
  readonly #scanner: FrameScanner
  #head: Buffer | null = Buffer.alloc(0)
  #isClosed = false

  private constructor({ endpoint, path, traffic, onText }: WebSocketLineOptions, settle: (error?: Error) => void) {
    this.#traffic = traffic
    this.#scanner = new FrameScanner({
      text: onText,
      ping: (payload) => this.#send(10, payload),
      close: () => this.#line.socket.end(),
      framed: (header, payload) => traffic.frame('down', header, payload),
    })
    this.#line = countedLine(endpoint, traffic, (bytes) => this.#take(bytes, settle))
    this.#line.socket.on('error', settle)
    this.#line.socket.on('close', () => {
      if (!this.#isClosed) traffic.count('breaks')
      settle(new Error('a WebSocket was closed before it opened'))
    })
    const request = upgradeRequest(endpoint.authority, path)
    traffic.spent('up', 'httpHeaders', request.length)
    traffic.count('requests')
    this.#line.write(request)
  }

  /** Resolves when the server has agreed to the upgrade. */
  static open(options: WebSocketLineOptions): Promise<WebSocketLine> {
    return new Promise((resolve, reject) => {
      const line: WebSocketLine = new WebSocketLine(options, (error) => (error ? reject(error) : resolve(line)))
    })
  }

  #take(bytes: Buffer, settle: (error?: Error) => void): void {
    if (this.#head === null) {
      this.#scanner.take(bytes)
      return
    }
    this.#head = Buffer.concat([this.#head, bytes])
    const found = headOf(this.#head)
    if (found === null) return
    this.#traffic.spent('down', 'httpHeaders', found.length)
    const rest = this.#head.subarray(found.length)
    this.#head = null
    const { status } = found.head
    settle(status === 101 ? undefined : new Error(`a WebSocket's upgrade was answered ${status}`))
    if (rest.length > 0) this.#scanner.take(rest)
  }

  send(text: string): void {
    this.#send(1, Buffer.from(text))
  }

  #send(opcode: number, payload: Buffer): void {
    const frame = clientFrame(opcode, payload)
    this.#traffic.frame('up', frame.length - payload.length, payload.length)
    this.#line.write(frame)
  }

  close(): void {
    this.#isClosed = true
    this.#line.socket.destroy()
  }
}
