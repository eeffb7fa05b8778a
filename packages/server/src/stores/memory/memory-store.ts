import { userOfOwnFeed } from 'dovetail-protocol'
import type {
  ChangesQuery,
  ChangesRead,
  ChannelFacts,
  LogPosition,
  Lookup,
  Opened,
  PageQuery,
  RecordPage,
  SearchQuery,
  SearchRead,
  Store,
  SurplusQuery,
  Target,
  Unit,
  UnitOutcome,
} from '../../ports/store.ts'
import { membersCollection, StoreUnavailable } from '../../ports/store.ts'
import { randomEpoch } from '../shared/epoch.ts'
import { type ChannelView, planUnit } from '../shared/plan-unit.ts'
import { neededParts, newestHits, searchPosition } from '../shared/search-match.ts'
import { takeChanges } from '../shared/take-changes.ts'
import { pageStart, takePage } from '../shared/take-page.ts'
import { type MemoryBounds, MemoryChannel } from './memory-channel.ts'

export interface MemoryStoreOptions {
  readonly newEpoch?: () => string
  /**
   * The least number of tombstones that a channel keeps; it keeps as many as it has records where these
   * are more. Beyond, the oldest are dropped and the floor rises.
   */
  readonly tombstones?: number
  /** The number of idempotency keys that a channel remembers at most. */
  readonly keys?: number
}

/**
 * Opens a store that loses everything when the process ends. Its memory follows the number of records,
 * not of changes.
 */
export function openMemoryStore(options: MemoryStoreOptions = {}): Store {
  return new MemoryStore(options.newEpoch ?? randomEpoch, {
    tombstones: options.tombstones ?? 10_000,
    keys: options.keys ?? 100_000,
  })
}

/** What a unit sees of a channel that does not exist. */
const nothing: ChannelView = { facts: () => null, clash: () => null, record: () => null, key: () => null }

class MemoryStore implements Store {
  readonly #newEpoch: () => string
  readonly #bounds: MemoryBounds
  readonly #channels = new Map<string, MemoryChannel>()
  #lastOrder = 0
  /** The channels' names in order, sorted when first needed; `null` after a channel was made or deleted. */
  #names: readonly string[] | null = null
  #lastTouch = 0
  #state: 'open' | 'closed' = 'open'

  constructor(newEpoch: () => string, bounds: MemoryBounds) {
    this.#newEpoch = newEpoch
    this.#bounds = bounds
  }

  async commit(group: readonly Unit[]): Promise<readonly UnitOutcome[]> {
    this.#checkOpen()
    return group.map((unit) => {
      try {
        return this.#commitUnit(unit)
      } catch (cause) {
        return { kind: 'failed', cause }
      }
    })
  }

  async open(channel: Parameters<Store['open']>[0]): Promise<Opened> {
    this.#checkOpen()
    const there = this.#channels.get(channel.name)
    if (there !== undefined) return { made: false, channel: there.channelFacts, changes: [] }
    const made = this.#make(channel.name, channel.at, channel)
    this.#attach(made)
    if (channel.owner === null) return { made: true, channel: made.channelFacts, changes: [] }
    const { recordId, author, data } = channel.owner
    const outcome = this.#commitUnit({
      channel: channel.name,
      at: channel.at,
      writes: [{ collection: membersCollection, recordId, effect: 'put', data, author, expectRev: 0 }],
      make: false,
      membersRev: null,
    })
    const changes = outcome.kind === 'committed' ? outcome.results.map((written) => written.record) : []
    return { made: true, channel: made.channelFacts, changes }
  }

  async drop(name: string, unused?: LogPosition): Promise<boolean> {
    this.#checkOpen()
    if (unused !== undefined && this.#channels.get(name)?.isUnusedAt(unused) !== true) return false
    this.#names = null
    return this.#channels.delete(name)
  }

  async channel(name: string): Promise<ChannelFacts | null> {
    this.#checkOpen()
    return this.#channels.get(name)?.channelFacts ?? null
  }

  async channels(query: Parameters<Store['channels']>[0]): Promise<readonly ChannelFacts[]> {
    this.#checkOpen()
    this.#names ??= [...this.#channels.keys()].sort(byBytes)
    const found: ChannelFacts[] = []
    for (const name of this.#names) {
      if (found.length >= query.limit) break
      if (userOfOwnFeed(name) !== null) continue
      const channel = name > query.after && name.startsWith(query.prefix) ? this.#channels.get(name) : undefined
      if (channel !== undefined) found.push(channel.channelFacts)
    }
    return found
  }

  async recentChannels(limit: number): Promise<readonly ChannelFacts[]> {
    this.#checkOpen()
    const written = [...this.#channels]
      .filter(([name, { marks }]) => userOfOwnFeed(name) === null && marks.head > (marks.membersRev > 0 ? 1 : 0))
      .map(([, channel]) => channel)
    const byTouch = written.sort((a, b) => b.touched - a.touched)
    return byTouch.slice(0, limit).map((channel) => channel.channelFacts)
  }

  async lookup(name: string, targets: readonly Target[], key?: { author: string; key: string }): Promise<Lookup> {
    this.#checkOpen()
    const channel = this.#channels.get(name)
    if (channel === undefined) return { channel: null, records: targets.map(() => null), key: null }
    const known = key === undefined ? null : channel.key(key.author, key.key)
    const record = known === null ? null : channel.record(known.collection, known.recordId)
    return {
      channel: channel.channelFacts,
      records: targets.map((target) => channel.record(target.collection, target.recordId)),
      key: known === null || record === null ? null : { fingerprint: known.fingerprint, record },
    }
  }

  async page(query: PageQuery): Promise<RecordPage | null> {
    this.#checkOpen()
    const channel = this.#channels.get(query.channel)
    if (channel === undefined) return null
    const { records, before, after } = pageOf(channel, query.collection, query.from, query)
    return { channel: channel.channelFacts, records, before, after }
  }

  async changes(query: ChangesQuery): Promise<ChangesRead | null> {
    this.#checkOpen()
    const channel = this.#channels.get(query.channel)
    if (channel === undefined) return null
    return takeChanges(channel.channelFacts, channel.changesAfter(query.after), query)
  }

  async snapshot(query: Parameters<Store['snapshot']>[0]): ReturnType<Store['snapshot']> {
    this.#checkOpen()
    const channel = this.#channels.get(query.channel)
    if (channel === undefined) return null
    let left = query.bytes
    const pages = query.collections.map(({ collection, limit }) => {
      const { bytes, ...page } = pageOf(channel, collection, { newest: true }, { limit, bytes: left })
      left -= bytes
      return page
    })
    return { channel: channel.channelFacts, pages }
  }

  async surplus({ channel, collection, keep }: SurplusQuery): Promise<number | null> {
    this.#checkOpen()
    return this.#channels.get(channel)?.collection(collection).surplus(keep) ?? null
  }

  async search(query: SearchQuery): Promise<SearchRead> {
    this.#checkOpen()
    const parts = neededParts(query)
    const before = searchPosition(query.after)
    if (parts === null || before === null) return { hits: [], after: null }
    const found = [...new Set(query.channels)].flatMap((channel) => {
      const rows = this.#channels.get(channel)?.search(query.collection, parts, before, query.limit + 1) ?? []
      return rows.map(({ record, order }) => ({ channel, record, order }))
    })
    return newestHits(found, query.limit)
  }

  async purge(before: Parameters<Store['purge']>[0]): Promise<{ keys: number; tombstones: number }> {
    this.#checkOpen()
    let keys = 0
    let tombstones = 0
    for (const channel of this.#channels.values()) {
      keys += channel.forgetBefore(before.keys)
      if (before.tombstones !== null) tombstones += channel.purgeBefore(before.tombstones)
    }
    return { keys, tombstones }
  }

  async renew(): Promise<number> {
    this.#checkOpen()
    for (const channel of this.#channels.values()) channel.renew(this.#newEpoch())
    return this.#channels.size
  }

  async close(): Promise<void> {
    this.#state = 'closed'
  }

  #checkOpen(): void {
    if (this.#state === 'closed') throw new StoreUnavailable('the store is closed')
  }

  #commitUnit(unit: Unit): UnitOutcome {
    const there = this.#channels.get(unit.channel)
    const plan = planUnit(unit, there?.marks ?? null, there ?? nothing)
    if (plan.kind === 'refused') return plan
    const channel = there ?? this.#make(unit.channel, unit.at, { visibility: 'public', title: null })
    if (there === undefined) this.#attach(channel)
    channel.touched = ++this.#lastTouch
    channel.apply(plan, unit.writes, () => ++this.#lastOrder)
    for (const [index, step] of plan.steps.entries()) {
      const write = unit.writes[index]
      if (!step.remember || write?.key === undefined) continue
      channel.remember(write.author, write.key.key, {
        fingerprint: write.key.fingerprint,
        collection: write.collection,
        recordId: write.recordId,
        at: unit.at,
      })
    }
    const results = plan.steps.map(({ kind, record }) => ({ kind, record }))
    return { kind: 'committed', epoch: channel.marks.epoch, head: plan.head, results }
  }

  #make(name: string, at: number, facts: Pick<ChannelFacts, 'visibility' | 'title'>): MemoryChannel {
    const { visibility, title } = facts
    return new MemoryChannel({ name, epoch: this.#newEpoch(), createdAt: at, visibility, title }, this.#bounds)
  }

  #attach(channel: MemoryChannel): void {
    this.#names = null
    channel.touched = ++this.#lastTouch
    this.#channels.set(channel.channelFacts.name, channel)
  }
}

function pageOf(
  channel: MemoryChannel,
  name: string,
  from: PageQuery['from'],
  bounds: { readonly limit: number; readonly bytes: number },
): ReturnType<typeof takePage> {
  const start = pageStart(from)
  const collection = channel.collection(name)
  return takePage(start, collection.older(start.split), collection.newer(start.split), bounds)
}

function byBytes(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
