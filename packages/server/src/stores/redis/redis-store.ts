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
import type { StoreWatch, Touched } from '../../ports/watch.ts'
import { randomEpoch } from '../shared/epoch.ts'
import { type Found, neededParts, newestHits, searchPosition } from '../shared/search-match.ts'
import { takeChanges } from '../shared/take-changes.ts'
import { pageStart } from '../shared/take-page.ts'
import { committed, partsOf } from './group-parts.ts'
import { channelsIn, factsOf, listOf, type Reply, recordOf, recordsOf } from './packed-row.ts'
import { pageArgs, pageOf } from './page-args.ts'
import type { RedisDatabase } from './redis-database.ts'
import { dropScript, renewScript } from './scripts/channel-changes.ts'
import { commitScript } from './scripts/commit.ts'
import {
  changesScript,
  channelScript,
  lookupScript,
  namesScript,
  pagesScript,
  recentScript,
  searchScript,
  surplusScript,
} from './scripts/reads.ts'
import type { Script } from './scripts/script.ts'
import { Sweep } from './sweep.ts'
import { outcomeOf, unitArgs } from './unit-args.ts'
import { RedisWatch } from './watch.ts'

export interface RedisStoreBounds {
  /**
   * The least number of tombstones that a channel keeps; it keeps as many as it has records where these
   * are more. Beyond, the oldest are dropped and the floor rises.
   */
  readonly tombstones: number
  /** The number of idempotency keys that a channel remembers, roughly. */
  readonly keys: number
}

export class RedisStore implements Store, StoreWatch {
  readonly #database: RedisDatabase
  readonly #bounds: RedisStoreBounds
  readonly #sweep: Sweep
  readonly #watch: RedisWatch
  /** The incarnation of the database whose losses this store has handled. */
  #incarnation: string

  constructor(database: RedisDatabase, bounds: RedisStoreBounds) {
    this.#database = database
    this.#bounds = bounds
    this.#sweep = new Sweep(database)
    this.#watch = new RedisWatch(database)
    this.#incarnation = database.incarnation
  }

  async commit(group: readonly Unit[]): Promise<readonly UnitOutcome[]> {
    const outcomes: UnitOutcome[] = []
    for (const part of partsOf(group)) {
      try {
        const replies = listOf(await this.#commit(part.args))
        for (const [index, unit] of part.units.entries()) outcomes.push(committed(unit, replies[index]))
      } catch (cause) {
        if (outcomes.length === 0) throw cause
        return group.map((_unit, index) => outcomes[index] ?? { kind: 'failed', cause })
      }
    }
    return outcomes
  }

  async open(channel: Parameters<Store['open']>[0]): Promise<Opened> {
    const { name, at, visibility, title, owner } = channel
    const writes: Unit['writes'] =
      owner === null ? [] : [{ ...owner, collection: membersCollection, effect: 'put', expectRev: 0 }]
    const unit: Unit = { channel: name, at, writes, make: true, membersRev: null }
    const [reply] = listOf(await this.#commit(unitArgs(unit, randomEpoch, { make: 'new', visibility, title })))
    const outcome = outcomeOf(unit, reply)
    if (outcome.kind === 'there') {
      const facts = factsOf(name, outcome.facts)
      if (facts !== null) return { made: false, channel: facts, changes: [] }
    }
    if (outcome.kind !== 'committed') throw new Error(`the channel ${name} could not be made`)
    const { epoch, head, results } = outcome
    const facts: ChannelFacts = { name, epoch, head, floor: 0, membersRev: head, createdAt: at, visibility, title }
    return { made: true, channel: facts, changes: results.map(({ record }) => record) }
  }

  async drop(name: string, unused?: LogPosition): Promise<boolean> {
    const position = unused === undefined ? [] : [unused.epoch, String(unused.head)]
    return (await this.#call(dropScript, [this.#database.run, name, ...position])) === 1
  }

  async channel(name: string): Promise<ChannelFacts | null> {
    return this.#facts(name, await this.#call(channelScript, [name]))
  }

  async channels(query: Parameters<Store['channels']>[0]): Promise<readonly ChannelFacts[]> {
    const { prefix, after, limit } = query
    const from = after >= prefix && after !== '' ? `(${after}` : prefix === '' ? '-' : `[${prefix}`
    return channelsIn(await this.#call(namesScript, [from, prefix === '' ? '+' : `(${prefix}`, String(limit)]))
  }

  async recentChannels(limit: number): Promise<readonly ChannelFacts[]> {
    return channelsIn(await this.#call(recentScript, [String(limit)]))
  }

  async lookup(name: string, targets: readonly Target[], key?: { author: string; key: string }): Promise<Lookup> {
    const members = targets.map(({ collection, recordId }) => `${collection} ${recordId}`)
    const reply = await this.#call(lookupScript, [name, key?.author ?? '', key?.key ?? '', ...members])
    const [facts, rows, known] = listOf(reply)
    const [fingerprint, row] = listOf(known)
    return {
      channel: this.#facts(name, facts),
      records: targets.map((_target, index) => {
        const found = listOf(rows)[index] ?? null
        return found === null ? null : recordOf(String(found))
      }),
      key: fingerprint === undefined ? null : { fingerprint: String(fingerprint), record: recordOf(String(row)) },
    }
  }

  async page(query: PageQuery): Promise<RecordPage | null> {
    const { channel, bytes } = query
    const start = pageStart(query.from)
    const reply = await this.#call(pagesScript, [channel, String(bytes), ...pageArgs(query, start)])
    const [facts, sides] = listOf(reply)
    const known = this.#facts(channel, facts)
    if (known === null) return null
    const { records, before, after } = pageOf(start, sides, query)
    return { channel: known, records, before, after }
  }

  async changes(query: ChangesQuery): Promise<ChangesRead | null> {
    const { channel: name, after, limit, bytes } = query
    const reply = await this.#call(changesScript, [name, String(after), String(limit + 1), String(bytes)])
    const [facts, rows] = listOf(reply)
    const channel = this.#facts(name, facts)
    if (channel === null) return null
    return takeChanges(channel, recordsOf(rows), query)
  }

  async snapshot(query: Parameters<Store['snapshot']>[0]): ReturnType<Store['snapshot']> {
    const start = pageStart({ newest: true })
    const args = query.collections.flatMap((one) => pageArgs(one, start))
    const [facts, ...sides] = listOf(await this.#call(pagesScript, [query.channel, String(query.bytes), ...args]))
    const channel = this.#facts(query.channel, facts)
    if (channel === null) return null
    let left = query.bytes
    const pages = query.collections.map(({ limit }, index) => {
      const { bytes, ...page } = pageOf(start, sides[index], { limit, bytes: left })
      left -= bytes
      return page
    })
    return { channel, pages }
  }

  async surplus({ channel, collection, keep }: SurplusQuery): Promise<number | null> {
    const pos = await this.#call(surplusScript, [channel, collection, String(keep)])
    return pos === null ? null : Number(pos)
  }

  async search(query: SearchQuery): Promise<SearchRead> {
    const parts = neededParts(query)
    const before = searchPosition(query.after)
    if (parts === null || before === null) return { hits: [], after: null }
    const channels = [...new Set(query.channels)]
    const found = (await Promise.all(channels.map((name) => this.#found(name, query, parts, before)))).flat()
    return newestHits(found, query.limit)
  }

  /** Finds up to one hit more than the limit, over several calls. */
  async #found(channel: string, query: SearchQuery, parts: readonly string[], before: number) {
    const found: Found[] = []
    let from = String(before)
    while (from !== '' && found.length <= query.limit) {
      const limit = query.limit + 1 - found.length
      const args = [channel, from, String(limit), query.collection ?? '', ...parts]
      const [next, ...rows] = listOf(await this.#call(searchScript, args))
      for (let index = 0; index < rows.length; index += 2)
        found.push({ channel, order: Number(rows[index]), record: recordOf(String(rows[index + 1])) })
      from = String(next ?? '')
    }
    return found
  }

  purge(before: Parameters<Store['purge']>[0]): Promise<{ keys: number; tombstones: number }> {
    return this.#sweep.purge(before)
  }

  async renew(): Promise<number> {
    return Number(await this.#call(renewScript, [this.#database.run, randomEpoch()]))
  }

  async touched(mark: string | null): Promise<Touched> {
    const touched = await this.#watch.touched(mark)
    if (touched.lost !== true) this.#incarnation = this.#watch.incarnationOf(touched.mark)
    return touched
  }

  /**
   * A missing channel may be lost rather than deleted: until the loss is handled, the store does not
   * report it as deleted.
   */
  #facts(name: string, reply: Reply | undefined): ChannelFacts | null {
    const facts = factsOf(name, reply)
    if (facts !== null || this.#database.incarnation === this.#incarnation) return facts
    throw new StoreUnavailable('Redis lost what it kept a moment ago')
  }

  close(): Promise<void> {
    return this.#database.close()
  }

  #commit(args: readonly string[]): Promise<Reply> {
    const { tombstones, keys } = this.#bounds
    return this.#call(commitScript, [this.#database.run, String(tombstones), String(keys), ...args])
  }

  async #call(script: Script, args: readonly string[]): Promise<Reply> {
    return (await this.#database.call(script, args)) as Reply
  }
}
