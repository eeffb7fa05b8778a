/**
 * The hubs of this node, by channel. A hub lives while somebody reads, and a while longer, so that
 * readers who come back find its tail.
 */
import type { Backbone } from '../ports/backbone.ts'
import type { Clock, Stop } from '../ports/clock.ts'
import type { Store, StoredRecord } from '../ports/store.ts'
import type { Flusher } from './flush.ts'
import { Hub, type HubNode } from './hub.ts'

const lingerMs = 30_000

export interface HubsOptions {
  readonly clock: Clock
  readonly flusher: Flusher
  readonly backbone: Backbone
  readonly storeOf: (channel: string) => Store
  readonly frameBytes: number
  readonly catchUp: { readonly limit: number; readonly bytes: number }
  readonly rejudge: HubNode['rejudge']
  readonly demandChanged: HubNode['demandChanged']
  readonly report: HubNode['report']
}

interface Place {
  readonly ready: Promise<Hub>
  hub: Hub | null
  stopListening: Stop | null
}

export class Hubs {
  readonly #options: HubsOptions
  readonly #places = new Map<string, Place>()

  constructor(options: HubsOptions) {
    this.#options = options
    options.backbone.onDoubt(() => {
      for (const channel of this.#places.keys()) void this.#lookAtStore(channel)
    })
  }

  /** The hub of a channel that this node follows now; `null`: nobody reads it here. */
  get(channel: string): Hub | null {
    return this.#places.get(channel)?.hub ?? null
  }

  get size(): number {
    return this.#places.size
  }

  all(): Hub[] {
    return [...this.#places.values()].flatMap((place) => place.hub ?? [])
  }

  /** The channel's hub, made where there is none. */
  async open(channel: string): Promise<Hub> {
    let place = this.#places.get(channel)
    if (place === undefined) {
      place = { ready: this.#make(channel), hub: null, stopListening: null }
      this.#places.set(channel, place)
      place.ready.catch(() => this.#places.delete(channel))
    }
    return place.ready
  }

  /** Listens, confirms, then reads: what is committed after the read is heard, what was before is read. */
  async #make(channel: string): Promise<Hub> {
    const early: [epoch: string, records: readonly StoredRecord[]][] = []
    this.#early.set(channel, early)
    try {
      const stopListening = await this.#options.backbone.listen(channel)
      const store = this.#options.storeOf(channel)
      const hub = new Hub(this.#node(store), channel, await store.channel(channel))
      const place = this.#places.get(channel)
      if (place !== undefined) {
        place.hub = hub
        place.stopListening = stopListening
      }
      for (const [epoch, records] of early) hub.advance(epoch, records)
      return hub
    } finally {
      this.#early.delete(channel)
    }
  }

  /** What was committed while a hub was being made. */
  readonly #early = new Map<string, [epoch: string, records: readonly StoredRecord[]][]>()

  #node(store: Store): HubNode {
    const { clock, flusher, frameBytes, catchUp, rejudge, demandChanged, report } = this.#options
    return {
      store,
      tailBounds: { entries: 1000, bytes: 262_144, frameBytes },
      catchUp,
      markForFlush: (hub) => flusher.mark(hub),
      after: (ms, task) => clock.after(ms, task),
      monotonic: () => clock.monotonic(),
      rejudge,
      demandChanged,
      report,
    }
  }

  advance(channel: string, epoch: string, records: readonly StoredRecord[]): void {
    const hub = this.get(channel)
    if (hub !== null) hub.advance(epoch, records)
    else this.#early.get(channel)?.push([epoch, records])
  }

  async #lookAtStore(channel: string): Promise<void> {
    try {
      const facts = await this.#options.storeOf(channel).channel(channel)
      const hub = this.get(channel)
      if (hub === null) return
      if (facts === null) {
        if (hub.epoch !== null) hub.drop()
      } else hub.suspect(facts.epoch, facts.head)
    } catch (error) {
      this.#options.report(error, `looking at ${channel}`)
    }
  }

  /** Lets go of hubs that nobody has read for a while. Called about once a second. */
  sweep(): void {
    const now = this.#options.clock.monotonic()
    for (const [channel, place] of this.#places) {
      const idleSince = place.hub?.idleSince ?? null
      if (idleSince === null || now - idleSince < lingerMs) continue
      place.hub?.stop()
      place.stopListening?.()
      this.#places.delete(channel)
    }
  }

  stop(): void {
    for (const place of this.#places.values()) {
      place.hub?.stop()
      place.stopListening?.()
    }
    this.#places.clear()
  }
}
