/**
 * The hubs of this node, by channel. A hub lives while somebody reads, and a while longer, so that
 * readers who come back find its tail.
 */
import type { Backbone } from '../ports/backbone.ts'
import type { Clock, Stop } from '../ports/clock.ts'
import { type Store, type StoredRecord, StoreUnavailable } from '../ports/store.ts'
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
  readonly rejudgeAll: HubNode['rejudgeAll']
  readonly demandChanged: HubNode['demandChanged']
  readonly report: HubNode['report']
}

interface Place {
  readonly ready: Promise<Hub>
  hub: Hub | null
  stopListening: Stop | null
  /** What was heard of while the hub was being made. */
  readonly early: ((hub: Hub) => void)[]
  /** The channel was deleted while the hub was being made. */
  dropped: boolean
}

/** More than this is not kept for a hub that is being made: that the log went on is enough for it. */
const maxEarly = 1000
/** Hubs that look at the store at a time, where all have to. */
const looksAtATime = 8

export class Hubs {
  readonly #options: HubsOptions
  readonly #places = new Map<string, Place>()

  constructor(options: HubsOptions) {
    this.#options = options
  }

  /** The hub of a channel that this node follows now; `null`: nobody reads it here. */
  get(channel: string): Hub | null {
    return this.#places.get(channel)?.hub ?? null
  }

  get size(): number {
    return this.#places.size
  }

  get flushes(): number {
    return this.#options.flusher.flushes
  }

  all(): Hub[] {
    return [...this.#places.values()].flatMap((place) => place.hub ?? [])
  }

  /** The channel's hub, made where there is none. */
  async open(channel: string): Promise<Hub> {
    const place = this.#places.get(channel) ?? this.#openPlace(channel)
    const hub = await place.ready
    // It may have lingered until now; whoever asked is about to join.
    hub.touch()
    return hub
  }

  #openPlace(channel: string): Place {
    const place: Place = { ready: this.#make(channel), hub: null, stopListening: null, early: [], dropped: false }
    this.#places.set(channel, place)
    place.ready.catch(() => this.#places.delete(channel))
    return place
  }

  /** Listens, confirms, then reads: what is committed after the read is heard, what was before is read. */
  async #make(channel: string): Promise<Hub> {
    const stopListening = await this.#options.backbone.listen(channel)
    try {
      const store = this.#options.storeOf(channel)
      const hub = new Hub(this.#node(store), channel, await store.channel(channel))
      const place = this.#places.get(channel)
      if (place === undefined) throw new StoreUnavailable('the node is leaving')
      place.hub = hub
      place.stopListening = stopListening
      for (const tell of place.early.splice(0)) tell(hub)
      if (place.dropped) await hub.look()
      return hub
    } catch (error) {
      stopListening()
      throw error
    }
  }

  #node(store: Store): HubNode {
    const { clock, flusher, frameBytes, catchUp, rejudge, rejudgeAll, demandChanged, report } = this.#options
    return {
      store,
      tailBounds: { entries: 1000, bytes: 262_144, frameBytes },
      catchUp,
      markForFlush: (hub) => flusher.mark(hub),
      after: (ms, task) => clock.after(ms, task),
      monotonic: () => clock.monotonic(),
      rejudge,
      rejudgeAll,
      demandChanged,
      report,
    }
  }

  /** Changes that were committed, here or on another node. */
  advance(channel: string, epoch: string, records: readonly StoredRecord[]): void {
    const last = records.at(-1)
    if (last !== undefined) this.#tell(channel, epoch, last.rev, (hub) => hub.advance(epoch, records))
  }

  /** The channel's log has reached this far, says another node or the store. */
  suspect(channel: string, epoch: string, head: number): void {
    this.#tell(channel, epoch, head, (hub) => hub.suspect(epoch, head))
  }

  #tell(channel: string, epoch: string, head: number, tell: (hub: Hub) => void): void {
    const place = this.#places.get(channel)
    if (place === undefined) return
    if (place.hub !== null) tell(place.hub)
    else if (place.early.length < maxEarly) place.early.push(tell)
    else place.early.splice(maxEarly, 1, (hub) => hub.suspect(epoch, head))
  }

  /** The channel was deleted here. */
  drop(channel: string): void {
    const place = this.#places.get(channel)
    if (place === undefined) return
    if (place.hub === null) place.dropped = true
    else place.hub.drop()
  }

  /** Compares the channel's hub, where there is one, with the store. Rejects where the store can't be asked. */
  async lookAt(channel: string): Promise<void> {
    const hub = await this.#places.get(channel)?.ready.catch(() => undefined)
    if (hub === undefined) return
    const known = { epoch: hub.epoch, head: hub.head }
    const facts = await this.#options.storeOf(channel).channel(channel)
    if (facts === null ? known.epoch !== null : facts.epoch === known.epoch && facts.head < known.head) await hub.look()
    else if (facts !== null) hub.suspect(facts.epoch, facts.head)
  }

  /** The same for all hubs that are meant, a few at a time. Rejects at the first that can't be. */
  async lookAtAll(isMeant: (channel: string) => boolean): Promise<void> {
    const left = [...this.#places.keys()].filter(isMeant)
    const lookOn = async (): Promise<void> => {
      for (let channel = left.pop(); channel !== undefined; channel = left.pop()) await this.lookAt(channel)
    }
    await Promise.all(Array.from({ length: looksAtATime }, lookOn))
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
