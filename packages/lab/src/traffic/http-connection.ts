/** One kept-alive HTTP connection whose every byte is counted. What is asked while it is busy waits its turn. */
import type { Head } from '../framing/http-head.ts'
import { type CountedConnection, type Endpoint, openCountedConnection } from './endpoint.ts'
import { ResponseReader } from './response-reader.ts'
import type { Traffic } from './traffic.ts'

export interface HttpResponse {
  readonly status: number
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>
  readonly body: Buffer
}

export interface HttpRequest {
  readonly method?: 'GET' | 'POST' | 'PUT'
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  /** JSON. */
  readonly body?: string
}

interface Waiting {
  readonly request: HttpRequest
  readonly resolve: (answer: HttpResponse) => void
  readonly reject: (error: Error) => void
}

export class HttpConnection {
  readonly #endpoint: Endpoint
  readonly #traffic: Traffic
  readonly #waiting: Waiting[] = []
  #busy: Waiting | null = null
  #connection: CountedConnection | null = null
  #head: Head | null = null
  #body: Buffer[] = []

  constructor(endpoint: Endpoint, traffic: Traffic) {
    this.#endpoint = endpoint
    this.#traffic = traffic
  }

  /** Whether a connection is there, so that the next question needs none. */
  get isOpen(): boolean {
    return this.#connection !== null
  }

  /** Rejects where the line broke; any status resolves. */
  request(request: HttpRequest): Promise<HttpResponse> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ request, resolve, reject })
      this.#next()
    })
  }

  #next(): void {
    if (this.#busy !== null) return
    this.#busy = this.#waiting.shift() ?? null
    if (this.#busy === null) return
    // Servers close connections that were idle for long.
    if (this.#connection === null || this.#connection.socket.readyState === 'closed') this.#connection = this.#connect()
    this.#connection.write(requestText(this.#endpoint, this.#busy.request, this.#traffic))
  }

  #connect(): CountedConnection {
    const reader = new ResponseReader(this.#traffic, {
      head: (head) => {
        this.#head = head
      },
      body: (bytes, start, end) => void this.#body.push(Buffer.from(bytes.subarray(start, end))),
      done: () => this.#finish((waiting) => waiting.resolve(this.#answer())),
    })
    const connection = openCountedConnection(this.#endpoint, this.#traffic, (bytes) => reader.take(bytes))
    const broken = (error: Error): void => {
      if (this.#connection !== connection) return
      this.#connection = null
      if (this.#busy !== null) this.#traffic.count('breaks')
      this.#finish((waiting) => waiting.reject(error))
    }
    connection.socket.on('error', broken)
    connection.socket.on('end', () => connection.socket.destroy())
    connection.socket.on('close', () => broken(new Error('the server closed the connection')))
    return connection
  }

  #answer(): HttpResponse {
    const { status = 0, headers = new Map<string, string>() } = this.#head ?? {}
    const body = this.#body.length === 1 && this.#body[0] !== undefined ? this.#body[0] : Buffer.concat(this.#body)
    return { status, headers, body }
  }

  #finish(finish: (waiting: Waiting) => void): void {
    const busy = this.#busy
    this.#busy = null
    if (busy !== null) finish(busy)
    this.#head = null
    this.#body = []
    this.#next()
  }

  close(): void {
    const connection = this.#connection
    this.#connection = null
    connection?.socket.destroy()
  }
}

/** A request with no header that a server can do without. A browser adds some 400 bytes of its own. */
function requestText(
  endpoint: Endpoint,
  { method = 'GET', path, headers = {}, body }: HttpRequest,
  traffic: Traffic,
): string {
  const fields = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  const head = `${method} ${path} HTTP/1.1\r\nHost: ${endpoint.authority}\r\n${fields.join('')}`
  if (body === undefined) {
    traffic.attributeBytes('up', 'httpHeaders', Buffer.byteLength(head) + 2)
    return `${head}\r\n`
  }
  const length = Buffer.byteLength(body)
  const whole = `${head}Content-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`
  traffic.attributeBytes('up', 'httpHeaders', Buffer.byteLength(whole))
  traffic.attributeBytes('up', 'payload', length)
  return whole + body
}
