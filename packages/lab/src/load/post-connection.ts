/** One kept-alive HTTP connection: one request at a time, its answer's status and body. */
import { connect, type Socket } from 'node:net'

export interface PostResponse {
  readonly status: number
  readonly body: string
}

export class PostConnection {
  readonly #port: number
  #socket: Socket
  #received = ''
  #settle: { resolve: (answer: PostResponse) => void; reject: (error: Error) => void } | null = null

  constructor(port: number) {
    this.#port = port
    this.#socket = this.#connect()
  }

  #connect(): Socket {
    const socket = connect({ port: this.#port, host: '127.0.0.1' })
    socket.setNoDelay(true)
    socket.setEncoding('latin1')
    socket.on('data', (text) => this.#take(String(text)))
    socket.on('error', (error) => this.#fail(error))
    socket.on('close', () => this.#fail(new Error('the server closed a kept connection')))
    return socket
  }

  /** `request`: the bytes of one whole request. */
  send(request: string): Promise<PostResponse> {
    if (this.#settle !== null) throw new Error('the line is busy')
    // Servers close connections that were idle for a few seconds.
    if (this.#socket.destroyed || this.#socket.readyState === 'writeOnly') this.#socket = this.#connect()
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject }
      this.#socket.write(request)
    })
  }

  #take(text: string): void {
    this.#received += text
    const head = this.#received.indexOf('\r\n\r\n')
    if (head < 0) return
    const length = /\r\ncontent-length: *(\d+)/i.exec(this.#received.slice(0, head))?.[1] ?? '0'
    const end = head + 4 + Number(length)
    if (this.#received.length < end) return
    const answer = { status: Number(this.#received.slice(9, 12)), body: this.#received.slice(head + 4, end) }
    this.#received = this.#received.slice(end)
    const settle = this.#settle
    this.#settle = null
    settle?.resolve(answer)
  }

  #fail(error: Error): void {
    const settle = this.#settle
    this.#settle = null
    settle?.reject(error)
  }

  destroy(): void {
    this.#socket.destroy()
  }
}

export interface PostOptions {
  readonly port: number
  readonly path: string
  readonly token?: string
  readonly headers?: Readonly<Record<string, string>>
}

export function getRequest(options: PostOptions): string {
  return `GET ${options.path} HTTP/1.1\r\n${fields(options)}\r\n`
}

/** Everything of a request but its body, made once. */
export function postRequest(options: PostOptions): (body: string) => string {
  const head = `POST ${options.path} HTTP/1.1\r\n${fields(options)}Content-Type: application/json\r\nContent-Length: `
  return (body) => `${head}${body.length}\r\n\r\n${body}`
}

function fields({ port, token, headers = {} }: PostOptions): string {
  const all = {
    Host: `127.0.0.1:${port}`,
    ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
    ...headers,
  }
  return Object.entries(all)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')
}
