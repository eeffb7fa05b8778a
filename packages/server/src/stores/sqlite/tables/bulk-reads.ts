import type {
  ChangesQuery,
  ChangesRead,
  ChannelFacts,
  PageQuery,
  RecordPage,
  Store,
  StoredRecord,
  SurplusQuery,
} from '../../../ports/store.ts'
import { takeChanges } from '../../shared/take-changes.ts'
import { pageStart, takePage } from '../../shared/take-page.ts'
import type { Database, SqlRow, Statement } from '../driver/driver.ts'
import { type ChannelRow, channelColumns, channelOf, recordColumns, recordOf } from './rows.ts'

type Bounds = { readonly limit: number; readonly bytes: number }

/** Reads of many rows, each from one snapshot. They run on the reader's thread. */
export class BulkReads {
  readonly #begin: Statement
  readonly #end: Statement
  readonly #channel: Statement
  readonly #channels: Statement
  readonly #recent: Statement
  readonly #older: Statement
  readonly #newer: Statement
  readonly #changes: Statement
  readonly #surplus: Statement
  readonly #nextWithTombstones: Statement
  readonly #purgeable: Statement

  constructor(database: Database) {
    this.#begin = database.prepare('BEGIN')
    this.#end = database.prepare('COMMIT')
    this.#channel = database.prepare(`SELECT ${channelColumns} FROM channels WHERE name = ? AND deleted = 0`)
    // Names are ASCII, so every name with a prefix sorts between the prefix and the prefix with the highest
    // character appended.
    this.#channels = database.prepare(
      `SELECT ${channelColumns} FROM channels
       WHERE name > ?1 AND name >= ?2 AND name < ?2 || char(0x10FFFF) AND deleted = 0 AND name NOT GLOB 'me:*'
       ORDER BY name LIMIT ?3`,
    )
    this.#recent = database.prepare(
      `SELECT ${channelColumns} FROM channels WHERE deleted = 0 AND head > (members_rev > 0) AND name NOT GLOB 'me:*'
       ORDER BY touched DESC LIMIT ?`,
    )
    const live = `SELECT ${recordColumns} FROM records WHERE channel = ? AND collection = ? AND deleted = 0`
    this.#older = database.prepare(`${live} AND pos < ? ORDER BY pos DESC`)
    this.#newer = database.prepare(`${live} AND pos >= ? ORDER BY pos`)
    this.#changes = database.prepare(`SELECT ${recordColumns} FROM records WHERE channel = ? AND rev > ? ORDER BY rev`)
    this.#surplus = database.prepare(
      `SELECT r.pos FROM channels c JOIN records r ON r.channel = c.channel
       WHERE c.name = ? AND c.deleted = 0 AND r.collection = ? AND r.deleted = 0 ORDER BY r.pos DESC LIMIT 1 OFFSET ?`,
    )
    this.#nextWithTombstones = database.prepare(
      'SELECT channel FROM records WHERE deleted = 1 AND channel > ? ORDER BY channel LIMIT 1',
    )
    this.#purgeable = database.prepare(
      `SELECT row FROM records WHERE deleted = 1 AND channel = ?1 AND updated_at < ?2
       AND row NOT IN (SELECT record FROM keys WHERE channel = ?1)`,
    )
  }

  channels(query: Parameters<Store['channels']>[0]): readonly ChannelFacts[] {
    return this.#channels.all(query.after, query.prefix, query.limit).map((row) => channelOf(row).facts)
  }

  recentChannels(limit: number): readonly ChannelFacts[] {
    return this.#recent.all(limit).map((row) => channelOf(row).facts)
  }

  page(query: PageQuery): RecordPage | null {
    return this.#inSnapshot(query.channel, ({ number, facts }) => {
      const { records, before, after } = this.#pageOf(number, query.collection, query.from, query)
      return { channel: facts, records, before, after }
    })
  }

  snapshot(query: Parameters<Store['snapshot']>[0]): Awaited<ReturnType<Store['snapshot']>> {
    return this.#inSnapshot(query.channel, ({ number, facts }) => {
      let left = query.bytes
      const pages = query.collections.map(({ collection, limit }) => {
        const { bytes, ...page } = this.#pageOf(number, collection, { newest: true }, { limit, bytes: left })
        left -= bytes
        return page
      })
      return { channel: facts, pages }
    })
  }

  changes(query: ChangesQuery): ChangesRead | null {
    return this.#inSnapshot(query.channel, ({ number, facts }) =>
      takeChanges(facts, recordsIn(this.#changes.iterate(number, query.after)), query),
    )
  }

  surplus({ channel, collection, keep }: SurplusQuery): number | null {
    const row = this.#surplus.get(channel, collection, keep)
    return row === undefined ? null : Number(row[0])
  }

  /**
   * The tombstones from before `at` of the next channel above `channel` that has any, without those that
   * a remembered key names: a replay answers with these. `null`: there is no such channel.
   */
  purgeable(channel: number, at: number): { readonly channel: number; readonly rows: readonly number[] } | null {
    const next = this.#nextWithTombstones.get(channel)?.[0]
    if (next === undefined) return null
    return { channel: Number(next), rows: this.#purgeable.all(next, at).map(([row]) => Number(row)) }
  }

  #pageOf(channel: number, collection: string, from: PageQuery['from'], bounds: Bounds): ReturnType<typeof takePage> {
    const start = pageStart(from)
    const older = new RecordWalk(this.#older.iterate(channel, collection, start.split))
    const newer = new RecordWalk(this.#newer.iterate(channel, collection, start.split))
    try {
      return takePage(start, older, newer, bounds)
    } finally {
      older.stop()
      newer.stop()
    }
  }

  #inSnapshot<Result>(name: string, read: (channel: ChannelRow) => Result): Result | null {
    this.#begin.run()
    try {
      const row = this.#channel.get(name)
      return row === undefined ? null : read(channelOf(row))
    } finally {
      this.#end.run()
    }
  }
}

/** A caller that stops early releases the statement, which would otherwise hold the snapshot. */
function* recordsIn(rows: Iterator<SqlRow>): Generator<StoredRecord> {
  for (const row of { [Symbol.iterator]: () => rows }) yield recordOf(row)
}

/** Rows read one by one, so that a page limited by bytes reads no more than it gives. */
class RecordWalk implements Iterator<StoredRecord> {
  readonly #rows: Iterator<SqlRow>

  constructor(rows: Iterator<SqlRow>) {
    this.#rows = rows
  }

  next(): IteratorResult<StoredRecord> {
    const next = this.#rows.next()
    return next.done === true ? { done: true, value: undefined } : { done: false, value: recordOf(next.value) }
  }

  /** Releases the statement, which would otherwise hold the snapshot. */
  stop(): void {
    this.#rows.return?.()
  }
}
