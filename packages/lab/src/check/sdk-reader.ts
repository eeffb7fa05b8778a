/** The same reader made with the SDK: only what an application gets to see is judged. */
import { type Client, createClient, type LiveView } from '@dovetail/client'
import { epochOf, revisionOf } from './nodes.ts'
import type { Seen } from './observation.ts'
import type { Reader, ReaderOptions } from './reader.ts'

const historyPage = 50

export class SdkReader implements Reader {
  readonly #options: ReaderOptions
  readonly #client: Client
  readonly #live: LiveView
  #history: Promise<void> = Promise.resolve()
  #isClosed = false

  constructor(options: ReaderOptions) {
    this.#options = options
    const { nodes, channel, collection, token, transport, dice } = options
    this.#client = createClient({
      url: nodes.first,
      storage: null,
      transport,
      ...(token === null ? {} : { token }),
      random: () => dice.next(),
    })
    this.#live = this.#client
      .channel(channel)
      .collection(collection)
      .live({ limit: dice.between(1, 51) })
  }

  async open(): Promise<void> {
    await this.#until(() => this.#live.state === 'live')
    this.#history = this.#readOlder()
  }

  async #readOlder(): Promise<void> {
    while (this.#live.hasOlder && !this.#isClosed)
      await this.#live.loadOlder(historyPage).catch(() => this.#options.pause(historyPage))
  }

  /** Its connection is its own business: what happens to it comes from outside. */
  drop(): void {}

  async reached(epoch: string | null, rev: number): Promise<void> {
    await this.#until(() => this.#live.cursor !== null && at(this.#live) >= rev && epochOf(this.#live.cursor) === epoch)
    await this.#history
    // A reset may have begun the list anew.
    await this.#readOlder()
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
    const { cursor, records, state } = this.#live
    return {
      name: `${this.#options.name} (${state})`,
      segments: [],
      resets: [],
      epoch: epochOf(cursor ?? '0'),
      rev: at(this.#live),
      view: records.flatMap(({ record }) => record ?? []),
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
