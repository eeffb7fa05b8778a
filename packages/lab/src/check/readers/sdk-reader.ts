/** The same reader made with the SDK: the checker judges what an application gets to see. */
import { type Client, createClient, type LiveView } from 'dovetail-client'
import { WebSocket } from 'ws'
import { epochOf, retryMs, revisionOf } from '../client/nodes.ts'
import type { Observation } from '../judge/observation.ts'
import type { Reader, ReaderOptions } from './reader.ts'

const historyPage = 100

export class SdkReader implements Reader {
  readonly #options: ReaderOptions
  readonly #client: Client
  readonly #live: LiveView
  readonly #sockets = new Set<WebSocket>()
  #history: Promise<void> = Promise.resolve()
  #isClosed = false
  /** Why the last page of the history could not be read, for the report of a run that fails. */
  #historyError: unknown = null

  /** `backOff`: the share of the SDK's back-off, which reaches half a minute, that this reader waits. */
  constructor(options: ReaderOptions, backOff = 1) {
    this.#options = options
    const { nodes, channel, collection, token, transport, random } = options
    const sockets = this.#sockets
    // Node 20 has no WebSocket of its own, and no WebSocket can be cut from outside: the reader keeps those it opened.
    class KeptSocket extends WebSocket {
      constructor(url: string | URL, protocols?: string | string[]) {
        super(url, protocols)
        sockets.add(this)
        this.once('close', () => sockets.delete(this))
      }
    }
    this.#client = createClient({
      url: nodes.first,
      storage: null,
      transport,
      ...(token === null ? {} : { token }),
      WebSocket: KeptSocket as unknown as typeof globalThis.WebSocket,
      random: () => random.next() * backOff,
    })
    this.#live = this.#client
      .channel(channel)
      .collection(collection)
      .live({ limit: random.between(1, 51) })
  }

  async open(): Promise<void> {
    await this.#until(() => this.#live.state === 'live')
    this.#history = this.#readOlder()
  }

  async #readOlder(): Promise<void> {
    while (this.#live.hasOlder && !this.#isClosed) {
      await this.#live.loadOlder(historyPage).catch((error: unknown) => {
        this.#historyError = error
        return this.#options.pause(retryMs)
      })
    }
  }

  /** Cuts its WebSockets. Its streams and polls belong to `fetch`: only faults of the servers cut those. */
  drop(): void {
    for (const socket of this.#sockets) socket.terminate()
  }

  async reached(epoch: string | null, rev: number): Promise<void> {
    await this.#until(() => this.#live.cursor !== null && at(this.#live) >= rev && epochOf(this.#live.cursor) === epoch)
    await this.#history
    // A reset may have begun the list anew.
    await this.#readOlder()
  }

  #until(holds: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const check = (): void => {
        if (!holds()) return
        stop()
        resolve()
      }
      const stop = this.#live.subscribe(check)
      check()
    })
  }

  get observation(): Observation {
    const { cursor, records, state, loadingOlder, hasOlder } = this.#live
    const history = hasOlder ? `, history ${loadingOlder ? 'awaited' : 'unread'}: ${this.#historyError}` : ''
    return {
      name: `${this.#options.name} (${state}${history})`,
      segments: [],
      resets: [],
      epoch: epochOf(cursor ?? '0'),
      rev: at(this.#live),
      view: records.flatMap(({ record }) => record ?? []),
      histories: [],
    }
  }

  close(): void {
    this.#isClosed = true
    this.#live.close()
    this.#client.close()
  }
}

function at(live: LiveView): number {
  return revisionOf(live.cursor ?? '0')
}
