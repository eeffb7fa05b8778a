/** One kept-alive HTTP connection whose every byte is counted. What is asked while it is busy waits its turn. */
import type { Head } from '../../load/http-head.ts'
import type { Traffic } from '../traffic.ts'
import { AnswerReader } from './answer-reader.ts'
import { type CountedLine, countedLine, type Endpoint } from './endpoint.ts'

export interface Answer {
  readonly status: number
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>
  readonly body: Buffer
}

export interface Ask {
  readonly method?: 'GET' | 'POST' | 'PUT'
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  /** JSON. */
  readonly body?: string
}

interface Waiting {
  readonly ask: Ask
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: Error) => void
}

export class HttpLine {
  readonly #endpoint: Endpoint
  readonly #traffic: Traffic
  readonly #waiting: Waiting[] = []
  #busy: Waiting | null = null
  #line: CountedLine | null = null
  #head: Head | null = null
  #body: Buffer[] = []

  constructor(endpoint: Endpoint, traffic: Traffic) {
    this.#endpoint = endpoint
    this.#traffic = traffic
  }

  /** Whether a connection is there, so that the next question needs none. */
  get isOpen(): boolean {
    return this.#line !== null
  }

  /** Rejects where the line broke; any status resolves. */
  ask(ask: Ask): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ ask, resolve, reject })
      this.#next()
    })
  }

  #next(): void {
    if (this.#busy !== null) return
    this.#busy = this.#waiting.shift() ?? null
    if (this.#busy === null) return
    // Servers close connections that were idle for long.
    if (this.#line === null || this.#line.socket.readyState === 'closed') this.#line = this.#connect()
    this.#line.write(requestText(this.#endpoint, this.#busy.ask, this.#traffic))
  }

  #connect(): CountedLine {
    const reader = new AnswerReader(this.#traffic, {
      head: (head) => {
        this.#head = head
      },
      body: (bytes, start, end) => void this.#body.push(Buffer.from(bytes.subarray(start, end))),
      done: () => this.#settle((waiting) => waiting.resolve(this.#answer())),
    })
    const line = countedLine(this.#endpoint, this.#traffic, (bytes) => reader.take(bytes))
    const broken = (error: Error): void => {
      if (this.#line !== line) return
      this.#line = null
      if (this.#busy !== null) this.#traffic.count('breaks')
      this.#settle((waiting) => waiting.reject(error))
    }
    line.socket.on('error', broken)
    line.socket.on('end', () => line.socket.destroy())
    line.socket.on('close', () => broken(new Error('the server closed the connection')))
    return line
  }

  #answer(): Answer {
    const { status = 0, headers = new Map<string, string>() } = this.#head ?? {}
    const body = this.#body.length === 1 && this.#body[0] !== undefined ? this.#body[0] : Buffer.concat(this.#body)
    return { status, headers, body }
  }

  #settle(tell: (waiting: Waiting) => void): void {
    const busy = this.#busy
    this.#busy = null
    if (busy !== null) tell(busy)
    this.#head = null
    this.#body = []
    this.#next()
  }

  close(): void {
    const line = this.#line
    this.#line = null
    line?.socket.destroy()
  }
}

/** A request with no header that a server can do without. A browser adds some 400 bytes of its own. */
function requestText(endpoint: Endpoint, { method = 'GET', path, headers = {}, body }: Ask, traffic: Traffic): string {
  const fields = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  const head = `${method} ${path} HTTP/1.1\r\nHost: ${endpoint.authority}\r\n${fields.join('')}`
  if (body === undefined) {
    traffic.spent('up', 'httpHeaders', Buffer.byteLength(head) + 2)
    return `${head}\r\n`
  }
  const length = Buffer.byteLength(body)
  const whole = `${head}Content-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`
  traffic.spent('up', 'httpHeaders', Buffer.byteLength(whole))
  traffic.spent('up', 'payload', length)
  return whole + body
}
