/**
 * The hubs of this node, by channel. A hub lives while somebody reads its channel and 30 s longer, so that readers who
 * come back find its tail.
 */
import type { Backbone } from '../../ports/backbone.ts'
import type { Clock, Stop } from '../../ports/clock.ts'
import { type Store, type StoredRecord, StoreUnavailable } from '../../ports/store.ts'
import type { ChangeTraces } from '../tracing/change-traces.ts'
import type { LogCounts } from './counts/log-counts.ts'
import { CatchUpLane } from './feeds/catch-up-lane.ts'
import { Touches } from './feeds/touches.ts'
import type { Flusher } from './flush.ts'
import { Hub } from './hub.ts'
import type { HubNode } from './hub-node.ts'

const lingerMs = 30_000

export interface HubsOptions {
  readonly clock: Clock
  readonly flusher: Flusher
  readonly backbone: Backbone
  readonly storeOf: (channel: string) => Store
  readonly frameBytes: number
  readonly catchUp: { readonly limit: number; readonly bytes: number }
  readonly isLatest: HubNode['isLatest']
  readonly recheckAccess: HubNode['recheckAccess']
  readonly recheckAccessOfAll: HubNode['recheckAccessOfAll']
  readonly demandChanged: HubNode['demandChanged']
  readonly counts: LogCounts
  /** `null`: nothing is traced. */
  readonly traces: ChangeTraces | null
  readonly report: HubNode['report']
}

interface Entry {
  readonly ready: Promise<Hub>
  hub: Hub | null
  unsubscribe: Stop | null
  /** Changes and heads that arrived while the hub was being made. */
  readonly early: ((hub: Hub) => void)[]
  /** The channel was deleted while the hub was being made. */
  dropped: boolean
}

/** The most calls kept for a hub that is being made; beyond it only the newest head is kept, and the hub reads the store. */
const maxEarly = 1000
/** How many hubs are compared with the store at a time, where all have to be. */
const comparisonsAtATime = 8

export class Hubs {
  readonly #options: HubsOptions
  readonly #entries = new Map<string, Entry>()
  readonly #catchUpLane: CatchUpLane
  /** Of all channels, those that have no hub here too. */
  readonly touches = new Touches()

  constructor(options: HubsOptions) {
    this.#options = options
    this.#catchUpLane = new CatchUpLane((task) => options.clock.soon(task))
  }

  /** The hub of a channel that this node follows now; `null`: nobody reads it here. */
  get(channel: string): Hub | null {
    return this.#entries.get(channel)?.hub ?? null
  }

  get size(): number {
    return this.#entries.size
  }

  get flushes(): number {
    return this.#options.flusher.flushes
  }

  get counts(): LogCounts {
    return this.#options.counts
  }

  all(): Hub[] {
    return [...this.#entries.values()].flatMap((entry) => entry.hub ?? [])
  }

  /** The channel's hub, made where there is none. */
  async open(channel: string): Promise<Hub> {
    const entry = this.#entries.get(channel) ?? this.#openEntry(channel)
    const hub = await entry.ready
    // A hub without readers might be removed before the caller joins it.
    hub.touch()
    return hub
  }

  #openEntry(channel: string): Entry {
    const entry: Entry = { ready: this.#make(channel), hub: null, unsubscribe: null, early: [], dropped: false }
    this.#entries.set(channel, entry)
    entry.ready.catch(() => this.#entries.delete(channel))
    return entry
  }

  /** Subscribes to notifications first, then reads the store: what is committed after the read is notified, what was before is read. */
  async #make(channel: string): Promise<Hub> {
    const unsubscribe = await this.#options.backbone.listen(channel)
    try {
      const store = this.#options.storeOf(channel)
      const hub = new Hub(this.#node(store), channel, await store.channel(channel))
      const entry = this.#entries.get(channel)
      if (entry === undefined) throw new StoreUnavailable('the node is leaving')
      entry.hub = hub
      entry.unsubscribe = unsubscribe
      for (const apply of entry.early.splice(0)) apply(hub)
      if (entry.dropped) await hub.readStore()
      return hub
    } catch (error) {
      unsubscribe()
      throw error
    }
  }

  #node(store: Store): HubNode {
    const { clock, flusher, frameBytes } = this.#options
    const { catchUp, counts, traces, isLatest, recheckAccess, recheckAccessOfAll, demandChanged, report } =
      this.#options
    return {
      store,
      counts,
      traces,
      tailBounds: { entries: 1000, bytes: 262_144, frameBytes },
      catchUp,
      catchUpLane: this.#catchUpLane,
      markForFlush: (hub) => flusher.mark(hub),
      after: (ms, task) => clock.after(ms, task),
      monotonic: () => clock.monotonic(),
      isLatest,
      recheckAccess,
      recheckAccessOfAll,
      demandChanged,
      report,
    }
  }

  /** Changes that were committed, here or on another node. Call `applyChanges` of `commit.ts`, which keeps the memberships true as well. */
  applyChanges(channel: string, epoch: string, changes: readonly StoredRecord[]): void {
    const last = changes.at(-1)
    if (last !== undefined) this.#deliver(channel, epoch, last.rev, (hub) => hub.applyChanges(epoch, changes))
  }

  /** Another node or the store reports a head of the channel's log. */
  checkHead(channel: string, epoch: string, head: number): void {
    this.#deliver(channel, epoch, head, (hub) => hub.checkHead(epoch, head))
  }

  /** Another node reports a head, and no notification carries the changes up to it. */
  readUpTo(channel: string, epoch: string, head: number): void {
    this.#deliver(channel, epoch, head, (hub) => hub.checkHead(epoch, head, 'alone'))
  }

  #deliver(channel: string, epoch: string, head: number, apply: (hub: Hub) => void): void {
    this.touches.touched(channel)
    const entry = this.#entries.get(channel)
    if (entry === undefined) return
    if (entry.hub !== null) apply(entry.hub)
    else if (entry.early.length < maxEarly) entry.early.push(apply)
    else entry.early.splice(maxEarly, 1, (hub) => hub.checkHead(epoch, head))
  }

  /** The channel was deleted here. */
  drop(channel: string): void {
    this.touches.touched(channel)
    const entry = this.#entries.get(channel)
    if (entry === undefined) return
    if (entry.hub === null) entry.dropped = true
    else entry.hub.drop()
  }

  /** Compares the channel's hub, where there is one, with the store. Rejects where the store can't be asked. */
  async compareWithStore(channel: string): Promise<void> {
    this.touches.touched(channel)
    const hub = await this.#entries.get(channel)?.ready.catch(() => undefined)
    if (hub === undefined) return
    const known = { epoch: hub.epoch, head: hub.head }
    const facts = await this.#options.storeOf(channel).channel(channel)
    if (facts === null ? known.epoch !== null : facts.epoch === known.epoch && facts.head < known.head)
      await hub.readStore()
    else if (facts !== null) hub.checkHead(facts.epoch, facts.head)
  }

  /** The same for all hubs that are meant, a few at a time. Rejects with the first failure. */
  async compareAllWithStore(isMeant: (channel: string) => boolean): Promise<void> {
    this.touches.anyTouched()
    const left = [...this.#entries.keys()].filter(isMeant)
    const compareRest = async (): Promise<void> => {
      for (let channel = left.pop(); channel !== undefined; channel = left.pop()) await this.compareWithStore(channel)
    }
    await Promise.all(Array.from({ length: comparisonsAtATime }, compareRest))
  }

  /** Removes hubs that nobody has read for 30 s. Called about once a second. */
  sweep(): void {
    this.#options.traces?.sweep()
    const now = this.#options.clock.monotonic()
    for (const [channel, entry] of this.#entries) {
      const idleSince = entry.hub?.idleSince ?? null
      if (idleSince === null || now - idleSince < lingerMs) continue
      entry.hub?.stop()
      entry.unsubscribe?.()
      this.#entries.delete(channel)
    }
  }

  stop(): void {
    for (const entry of this.#entries.values()) {
      entry.hub?.stop()
      entry.unsubscribe?.()
    }
    this.#entries.clear()
  }
}
