import type {
  ChangesQuery,
  ChangesRead,
  ChannelFacts,
  Look,
  Opened,
  PageQuery,
  RecordPage,
  SearchQuery,
  SearchRead,
  Store,
  StoredProfile,
  StoredRecord,
  Target,
  Unit,
  UnitOutcome,
} from '../ports/store.ts'
import { membersCollection, StoreUnavailable } from '../ports/store.ts'
import { changeBytes } from './encoded-bytes.ts'
import { randomEpoch } from './epoch.ts'
import { type MemoryBounds, MemoryChannel } from './memory/memory-channel.ts'
import { type ChannelView, planUnit } from './plan-unit.ts'
import { neededParts, searchPosition } from './search-match.ts'
import { pagePlace, takePage } from './take-page.ts'

export interface MemoryStoreOptions {
  readonly newEpoch?: () => string
  /** Tombstones that a channel keeps at least, where its records are fewer; beyond, the oldest go and the floor rises. */
  readonly tombstones?: number
  /** Idempotency keys that a channel remembers at most. */
  readonly keys?: number
}

/** A store that forgets everything when the process ends. Its memory follows the number of records, not of changes. */
export function openMemoryStore(options: MemoryStoreOptions = {}): Store {
  return new MemoryStore(options.newEpoch ?? randomEpoch, {
    tombstones: options.tombstones ?? 10_000,
    keys: options.keys ?? 100_000,
  })
}

/** Looks of a unit at a channel that is not there. */
const nothing: ChannelView = { facts: () => null, clash: () => null, record: () => null, key: () => null }

class MemoryStore implements Store {
  readonly #newEpoch: () => string
  readonly #bounds: MemoryBounds
  readonly #channels = new Map<string, MemoryChannel>()
  readonly #profiles = new Map<string, StoredProfile>()
  #lastOrder = 0
  /** Names in order, made when asked for; `null` after a channel came or went. */
  #names: readonly string[] | null = null
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

  async drop(name: string): Promise<boolean> {
    this.#checkOpen()
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
      const channel = name > query.after && name.startsWith(query.prefix) ? this.#channels.get(name) : undefined
      if (channel !== undefined) found.push(channel.channelFacts)
    }
    return found
  }

  async look(name: string, targets: readonly Target[], key?: { author: string; key: string }): Promise<Look> {
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
    const changes: StoredRecord[] = []
    let bytes = 0
    for (const record of channel.changesAfter(query.after)) {
      const size = changeBytes(record)
      const full = changes.length >= query.limit || (bytes > 0 && bytes + size >= query.bytes)
      if (full) return { channel: channel.channelFacts, changes, to: changes.at(-1)?.rev ?? query.after, more: true }
      bytes += size
      changes.push(record)
    }
    return { channel: channel.channelFacts, changes, to: channel.channelFacts.head, more: false }
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

  async search(query: SearchQuery): Promise<SearchRead> {
    this.#checkOpen()
    const parts = neededParts(query)
    const before = searchPosition(query.after)
    if (parts === null || before === null) return { hits: [], after: null }
    const found = [...new Set(query.channels)].flatMap((channel) => {
      const rows = this.#channels.get(channel)?.search(query.collection, parts, before, query.limit + 1) ?? []
      return rows.map(({ record, order }) => ({ channel, record, order }))
    })
    found.sort((a, b) => b.order - a.order)
    const given = found.slice(0, query.limit)
    const more = found.length > given.length
    return {
      hits: given.map(({ channel, record }) => ({ channel, record })),
      after: more ? String(given.at(-1)?.order) : null,
    }
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

  async profile(user: string): Promise<StoredProfile | null> {
    this.#checkOpen()
    return this.#profiles.get(user) ?? null
  }

  async saveProfile(profile: StoredProfile): Promise<void> {
    this.#checkOpen()
    this.#profiles.set(profile.user, profile)
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
    this.#channels.set(channel.channelFacts.name, channel)
  }
}

function pageOf(
  channel: MemoryChannel,
  name: string,
  from: PageQuery['from'],
  bounds: { readonly limit: number; readonly bytes: number },
): ReturnType<typeof takePage> {
  const place = pagePlace(from)
  const collection = channel.collection(name)
  return takePage(place, collection.older(place.split), collection.newer(place.split), bounds)
}

function byBytes(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
