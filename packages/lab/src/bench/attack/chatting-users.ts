/** Users who chat in one channel, each over a WebSocket: all of them read what each of them writes. */
import { performance } from 'node:perf_hooks'
import { eachIndex, payloadText } from '../../load/payload.ts'
import { WebSocketReader } from '../../load/websocket-reader.ts'
import { signedToken } from '../../processes/service-token.ts'

export interface ChatOptions {
  readonly port: number
  readonly secret: string
  readonly channel: string
  readonly users: number
  readonly messagesPerSecond: number
}

const messageBytes = 120

export class ChattingUsers {
  readonly #options: ChatOptions
  readonly #sockets: WebSocketReader[] = []
  /** When each message was meant to be sent, in ms of `performance.now()`. */
  readonly #sentAt: number[] = []
  #timer: NodeJS.Timeout | null = null
  #delaysMs: number[] = []

  static async join(options: ChatOptions): Promise<ChattingUsers> {
    const chat = new ChattingUsers(options)
    for (let n = 0; n < options.users; n++) await chat.#join(n)
    chat.#begin()
    return chat
  }

  private constructor(options: ChatOptions) {
    this.#options = options
  }

  async #join(n: number): Promise<void> {
    const { port, secret, channel } = this.#options
    let noteSubscribed: () => void = () => {}
    const subscribed = new Promise<void>((resolve) => {
      noteSubscribed = resolve
    })
    const onText = (bytes: Buffer, start: number, end: number): void => {
      if (bytes.indexOf('"id":"s"', start) >= 0) noteSubscribed()
      const now = performance.now()
      eachIndex(bytes, start, end, (index) => this.#delaysMs.push(now - (this.#sentAt[index] ?? now)))
    }
    const socket = new WebSocketReader({ port, path: '/v1/ws', onText })
    await socket.opened
    this.#sockets.push(socket)
    socket.send(JSON.stringify({ id: 'h', op: 'hello', token: signedToken(secret, { sub: `user-${n}` }, 36_000) }))
    socket.send(JSON.stringify({ id: 's', op: 'subscribe', channel }))
    await subscribed
  }

  #begin(): void {
    const { channel, messagesPerSecond } = this.#options
    const everyMs = 1000 / messagesPerSecond
    const startAt = performance.now()
    const turn = (): void => {
      while (startAt + this.#sentAt.length * everyMs <= performance.now()) {
        const index = this.#sentAt.length
        // What is sent late counts from when it was due.
        this.#sentAt.push(startAt + index * everyMs)
        const data = { text: payloadText(index, messageBytes) }
        const text = JSON.stringify({ id: index, op: 'create', channel, collection: 'messages', data })
        this.#sockets[index % this.#sockets.length]?.send(text)
      }
    }
    this.#timer = setInterval(turn, 5)
  }

  /** The delays of all that came since this was last asked, in rising order of ms. */
  takeDelays(): number[] {
    const taken = this.#delaysMs.sort((a, b) => a - b)
    this.#delaysMs = []
    return taken
  }

  leave(): void {
    if (this.#timer !== null) clearInterval(this.#timer)
    for (const socket of this.#sockets) socket.destroy()
  }
}
