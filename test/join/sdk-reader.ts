/** The same reader made with the SDK: only what an application gets to see is judged. */
import { setTimeout as pause } from 'node:timers/promises'
import { type Client, createClient, type LiveView, type TransportName } from '@dovetail/client'
import { WebSocket } from 'ws'
import type { Reader, ReaderOptions, Seen } from './reader.ts'

const retryMs = 50
const impatience = 0.05

export class SdkReader implements Reader {
  readonly #name: string
  readonly #client: Client
  readonly #live: LiveView
  readonly #sockets: WebSocket[] = []
  #older: Promise<void> = Promise.resolve()
  #closed = false

  constructor({ name, port, channel, dice }: ReaderOptions, transport: TransportName = 'websocket') {
    this.#name = name
    const sockets = this.#sockets
    class KeptSocket extends WebSocket {
      constructor(url: string | URL, protocols?: string | string[]) {
        super(url, protocols)
        sockets.push(this)
      }
    }
    this.#client = createClient({
      url: `http://127.0.0.1:${port}`,
      storage: null,
      transport,
      WebSocket: KeptSocket as unknown as typeof globalThis.WebSocket,
      // Of the back-off, which reaches half a minute, a test waits for a small part.
      random: () => dice.next() * impatience,
    })
    this.#live = this.#client
      .channel(channel)
      .collection('messages')
      .live({ limit: dice.between(1, 51) })
  }

  async open(): Promise<void> {
    await this.#until(() => this.#live.state === 'live')
    this.#older = this.#readOlder()
  }

  async #readOlder(): Promise<void> {
    while (this.#live.hasOlder && !this.#closed) await this.#live.loadOlder(20).catch(() => pause(retryMs))
  }

  drop(): void {
    for (const socket of this.#sockets.splice(0)) socket.terminate()
  }

  async reached(rev: number): Promise<void> {
    await this.#older
    await this.#until(() => revisionOf(this.#live) >= rev)
  }

  #until(holds: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!holds()) return
        stop()
        resolve()
      }
      const stop = this.#live.subscribe(look)
      look()
    })
  }

  get seen(): Seen {
    const view = this.#live.records.flatMap(({ record }) => record ?? [])
    const name = `${this.#name}, SDK, ${this.#live.state}`
    return { name, segments: [], resets: [], rev: revisionOf(this.#live), view }
  }

  close(): void {
    this.#closed = true
    this.#live.close()
    this.#client.close()
  }
}

function revisionOf(live: LiveView): number {
  return Number(live.cursor?.split('.')[1] ?? 0)
}
