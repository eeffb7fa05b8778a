/**
 * Deletes records whose data says that they are over. What it has seen of a channel is remembered: the revision, and when
 * the next record is over. So a channel costs a read of what is new there, and a walk over its records only when one of
 * them is over.
 */
import type { ChannelFacts, PageQuery, RecordPage, StoredRecord } from '../../ports/store.ts'
import { timeOfIsoDate } from '../rules/iso-date.ts'
import type { RetentionContext } from './context.ts'
import { deleteTogether, groupRecords } from './deletion.ts'
import type { Rested } from './rested.ts'

const readRecords = 500
const readBytes = 1_048_576
/** Channels beyond these are walked again each time. */
const mostRemembered = 10_000

interface Seen {
  readonly epoch: string
  /** Everything up to this revision was looked at. */
  readonly rev: number
  /** When the first of the records is over, ms; infinite: none ever is. */
  readonly nextAt: number
}

export class Expiring {
  readonly #core: RetentionContext
  readonly #rested: Rested
  readonly #seen = new Map<string, Seen>()

  constructor(core: RetentionContext, rested: Rested) {
    this.#core = core
    this.#rested = rested
  }

  /** `field`: the member of the data that says when. Resolves with the number of deleted records. */
  async run(channel: ChannelFacts, collection: string, field: string): Promise<number> {
    const name = `${channel.name} ${collection}`
    const known = this.#seen.get(name)
    const seen = known?.epoch === channel.epoch ? await this.#readNew(channel, collection, field, known) : null
    if (seen !== null && seen.nextAt > this.#core.clock.now()) {
      this.#remember(name, seen)
      return 0
    }
    const { deleted, nextAt } = await this.#walk(channel, collection, field)
    this.#remember(name, { epoch: channel.epoch, rev: channel.head, nextAt })
    return deleted
  }

  #remember(name: string, seen: Seen): void {
    if (this.#seen.size < mostRemembered || this.#seen.has(name)) this.#seen.set(name, seen)
  }

  /** Looks at what changed since. `null`: the log is another one now. */
  async #readNew(channel: ChannelFacts, collection: string, field: string, known: Seen): Promise<Seen | null> {
    let { rev, nextAt } = known
    while (rev < channel.head && !this.#rested.isStopped) {
      const query = { channel: channel.name, after: rev, limit: readRecords, bytes: readBytes }
      const read = await this.#rested.after(() => this.#core.storeOf(channel.name).changes(query))
      if (read?.channel.epoch !== known.epoch) return null
      for (const record of read.changes)
        if (record.collection === collection) nextAt = Math.min(nextAt, endOf(record, field))
      rev = read.to
    }
    return { epoch: known.epoch, rev, nextAt }
  }

  /** Looks at all records of the collection, and deletes those that are over. */
  async #walk({ name }: ChannelFacts, collection: string, field: string): Promise<{ deleted: number; nextAt: number }> {
    let deleted = 0
    let nextAt = Number.POSITIVE_INFINITY
    for (let after: number | null = 0; after !== null && !this.#rested.isStopped; ) {
      const query: PageQuery = { channel: name, collection, from: { after }, limit: readRecords, bytes: readBytes }
      const page: RecordPage | null = await this.#rested.after(() => this.#core.storeOf(name).page(query))
      if (page === null) break
      const now = this.#core.clock.now()
      const over = page.records.filter((record) => endOf(record, field) <= now)
      for (const record of page.records) {
        const end = endOf(record, field)
        if (end > now) nextAt = Math.min(nextAt, end)
      }
      for (let from = 0; from < over.length; from += groupRecords) {
        const group = over.slice(from, from + groupRecords)
        if (await this.#rested.after(() => deleteTogether(this.#core, page.channel, group))) deleted += group.length
        // Somebody wrote one of them: they are looked at again the next time.
        else nextAt = now
      }
      after = page.after
    }
    return { deleted, nextAt: this.#rested.isStopped ? 0 : nextAt }
  }
}

/** When the record is over, ms; infinite: it does not say. */
function endOf({ data, deleted }: StoredRecord, field: string): number {
  if (deleted || !data.includes(`"${field}"`)) return Number.POSITIVE_INFINITY
  const value: unknown = (JSON.parse(data) as Readonly<Record<string, unknown>>)[field]
  return (typeof value === 'string' ? timeOfIsoDate(value) : null) ?? Number.POSITIVE_INFINITY
}
