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
} from '../../ports/store.ts'
import { membersCollection, StoreUnavailable } from '../../ports/store.ts'
import type { StoreWatch, Touched } from '../../ports/watch.ts'
import type { RedisPlace } from '../../redis/redis-place.ts'
import type { Script } from '../../redis/script.ts'
import { changeBytes } from '../encoded-bytes.ts'
import { randomEpoch } from '../epoch.ts'
import { neededParts, searchPosition } from '../search-match.ts'
import { pagePlace, takePage } from '../take-page.ts'
import { factsOf, listOf, type Reply, recordOf, recordsOf } from './packed-row.ts'
import { dropScript, renewScript, saveProfileScript } from './scripts/changes-of-place.ts'
import { commitScript } from './scripts/commit.ts'
import {
  changesScript,
  channelScript,
  lookScript,
  namesScript,
  pagesScript,
  profileScript,
  searchScript,
} from './scripts/reads.ts'
import { Sweep } from './sweep.ts'
import { type Making, outcomeOf, unitArgs } from './unit-args.ts'
import { RedisWatch } from './watch.ts'

export interface RedisStoreBounds {
  /** Tombstones that a channel keeps at least, where its records are fewer; beyond, the oldest go and the floor rises. */
  readonly tombstones: number
  /** Idempotency keys that a channel remembers, about. */
  readonly keys: number
}

/** A group is sent in parts of this many characters, so that no script makes the others wait long. */
const partChars = 1024 * 1024

type Page = Omit<RecordPage, 'channel'> & { readonly bytes: number }

export class RedisStore implements Store, StoreWatch {
  readonly #place: RedisPlace
  readonly #bounds: RedisStoreBounds
  readonly #sweep: Sweep
  readonly #watch: RedisWatch
  /** Whose losses have been seen to. */
  #incarnation: string

  constructor(place: RedisPlace, bounds: RedisStoreBounds) {
    this.#place = place
    this.#bounds = bounds
    this.#sweep = new Sweep(place)
    this.#watch = new RedisWatch(place)
    this.#incarnation = place.incarnation
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

  async drop(name: string): Promise<boolean> {
    return (await this.#call(dropScript, [this.#place.run, name])) === 1
  }

  async channel(name: string): Promise<ChannelFacts | null> {
    return this.#facts(name, await this.#call(channelScript, [name]))
  }

  async channels(query: Parameters<Store['channels']>[0]): Promise<readonly ChannelFacts[]> {
    const { prefix, after, limit } = query
    const from = after >= prefix && after !== '' ? `(${after}` : prefix === '' ? '-' : `[${prefix}`
    const found = await this.#call(namesScript, [from, prefix === '' ? '+' : `(${prefix}`, String(limit)])
    return listOf(found).flatMap((reply) => {
      const [name, facts] = listOf(reply)
      return factsOf(String(name), facts) ?? []
    })
  }

  async look(name: string, targets: readonly Target[], key?: { author: string; key: string }): Promise<Look> {
    const members = targets.map(({ collection, recordId }) => `${collection} ${recordId}`)
    const reply = await this.#call(lookScript, [name, key?.author ?? '', key?.key ?? '', ...members])
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
    const place = pagePlace(query.from)
    const reply = await this.#call(pagesScript, [channel, String(bytes), ...pageArgs(query, place)])
    const [facts, sides] = listOf(reply)
    const known = this.#facts(channel, facts)
    if (known === null) return null
    const { records, before, after } = pageOf(place, sides, query)
    return { channel: known, records, before, after }
  }

  async changes(query: ChangesQuery): Promise<ChangesRead | null> {
    const { channel: name, after, limit, bytes } = query
    const reply = await this.#call(changesScript, [name, String(after), String(limit + 1), String(bytes)])
    const [facts, rows] = listOf(reply)
    const channel = this.#facts(name, facts)
    if (channel === null) return null
    const changes: StoredRecord[] = []
    let taken = 0
    for (const record of recordsOf(rows)) {
      const size = changeBytes(record)
      const full = changes.length >= limit || (taken > 0 && taken + size >= bytes)
      if (full) return { channel, changes, to: changes.at(-1)?.rev ?? after, more: true }
      taken += size
      changes.push(record)
    }
    return { channel, changes, to: channel.head, more: false }
  }

  async snapshot(query: Parameters<Store['snapshot']>[0]): ReturnType<Store['snapshot']> {
    const place = pagePlace({ newest: true })
    const args = query.collections.flatMap((one) => pageArgs(one, place))
    const [facts, ...sides] = listOf(await this.#call(pagesScript, [query.channel, String(query.bytes), ...args]))
    const channel = this.#facts(query.channel, facts)
    if (channel === null) return null
    let left = query.bytes
    const pages = query.collections.map(({ limit }, index) => {
      const { bytes, ...page } = pageOf(place, sides[index], { limit, bytes: left })
      left -= bytes
      return page
    })
    return { channel, pages }
  }

  async search(query: SearchQuery): Promise<SearchRead> {
    const parts = neededParts(query)
    const before = searchPosition(query.after)
    if (parts === null || before === null) return { hits: [], after: null }
    const channels = [...new Set(query.channels)]
    const found = (await Promise.all(channels.map((name) => this.#found(name, query, parts, before)))).flat()
    found.sort((a, b) => b.order - a.order)
    const given = found.slice(0, query.limit)
    const hits = given.map(({ channel, record }) => ({ channel, record }))
    return { hits, after: found.length > given.length ? String(given.at(-1)?.order) : null }
  }

  /** Up to one more than the limit, in parts. */
  async #found(channel: string, query: SearchQuery, parts: readonly string[], before: number) {
    const found: { readonly channel: string; readonly record: StoredRecord; readonly order: number }[] = []
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
    return Number(await this.#call(renewScript, [this.#place.run, randomEpoch()]))
  }

  async profile(user: string): Promise<StoredProfile | null> {
    const text = await this.#call(profileScript, [user])
    return text === null ? null : (JSON.parse(String(text)) as StoredProfile)
  }

  async saveProfile(profile: StoredProfile): Promise<void> {
    await this.#call(saveProfileScript, [this.#place.run, profile.user, JSON.stringify(profile)])
  }

  async touched(mark: string | null): Promise<Touched> {
    const touched = await this.#watch.touched(mark)
    if (touched.lost !== true) this.#incarnation = this.#watch.incarnationOf(touched.mark)
    return touched
  }

  /** What is missing may be lost rather than deleted: until that has been seen to, nobody is told that it is gone. */
  #facts(name: string, reply: Reply | undefined): ChannelFacts | null {
    const facts = factsOf(name, reply)
    if (facts !== null || this.#place.incarnation === this.#incarnation) return facts
    throw new StoreUnavailable('Redis lost what it kept a moment ago')
  }

  close(): Promise<void> {
    return this.#place.close()
  }

  #commit(args: readonly string[]): Promise<Reply> {
    const { tombstones, keys } = this.#bounds
    return this.#call(commitScript, [this.#place.run, String(tombstones), String(keys), ...args])
  }

  async #call(script: Script, args: readonly string[]): Promise<Reply> {
    return (await this.#place.call(script, args)) as Reply
  }
}

const publicly: Pick<Making, 'visibility' | 'title'> = { visibility: 'public', title: null }

function* partsOf(group: readonly Unit[]): Generator<{ readonly units: readonly Unit[]; readonly args: string[] }> {
  let units: Unit[] = []
  let args: string[] = []
  let chars = 0
  for (const unit of group) {
    const own = unitArgs(unit, randomEpoch, { ...publicly, make: unit.make ? 'allowed' : 'refused' })
    units.push(unit)
    for (const arg of own) {
      args.push(arg)
      chars += arg.length
    }
    if (chars < partChars) continue
    yield { units, args }
    units = []
    args = []
    chars = 0
  }
  if (units.length > 0) yield { units, args }
}

function committed(unit: Unit, reply: Reply | undefined): UnitOutcome {
  const outcome = outcomeOf(unit, reply)
  if (outcome.kind === 'there') throw new Error('a unit that may find its channel was told that it is there')
  return outcome
}

/** One row more than is asked for on each side that counts, and one on the other, tells whether there are more. */
function pageArgs(page: { readonly collection: string; readonly limit: number }, place: ReturnType<typeof pagePlace>) {
  const [wanted, one] = [String(page.limit + 1), '1']
  const older = place.take === 'newer' ? one : wanted
  const newer = place.take === 'older' ? one : wanted
  return [page.collection, String(place.split), older, newer]
}

function pageOf(
  place: ReturnType<typeof pagePlace>,
  sides: Reply | undefined,
  bounds: { readonly limit: number; readonly bytes: number },
): Page {
  const [older, newer] = listOf(sides)
  return takePage(place, recordsOf(older).values(), recordsOf(newer).values(), bounds)
}
