import type {
  ChangesQuery,
  ChangesRead,
  ChannelFacts,
  PageQuery,
  RecordPage,
  Store,
  StoredRecord,
} from '../../ports/store.ts'
import { changeBytes } from '../encoded-bytes.ts'
import { pagePlace, takePage } from '../take-page.ts'
import type { Database, SqlRow, Statement } from './driver.ts'
import { type ChannelRow, channelColumns, channelOf, recordColumns, recordOf } from './rows.ts'

type Bounds = { readonly limit: number; readonly bytes: number }

/** Reads of many rows, each from one snapshot. They run on the reader's thread. */
export class BulkReads {
  readonly #begin: Statement
  readonly #end: Statement
  readonly #channel: Statement
  readonly #channels: Statement
  readonly #older: Statement
  readonly #newer: Statement
  readonly #changes: Statement
  readonly #nextWithTombstones: Statement
  readonly #purgeable: Statement

  constructor(database: Database) {
    this.#begin = database.prepare('BEGIN')
    this.#end = database.prepare('COMMIT')
    this.#channel = database.prepare(`SELECT ${channelColumns} FROM channels WHERE name = ? AND deleted = 0`)
    // Names are ASCII, so what begins with a prefix lies between it and it with the highest character behind.
    this.#channels = database.prepare(
      `SELECT ${channelColumns} FROM channels
       WHERE name > ?1 AND name >= ?2 AND name < ?2 || char(0x10FFFF) AND deleted = 0 ORDER BY name LIMIT ?3`,
    )
    const live = `SELECT ${recordColumns} FROM records WHERE channel = ? AND collection = ? AND deleted = 0`
    this.#older = database.prepare(`${live} AND pos < ? ORDER BY pos DESC`)
    this.#newer = database.prepare(`${live} AND pos >= ? ORDER BY pos`)
    this.#changes = database.prepare(`SELECT ${recordColumns} FROM records WHERE channel = ? AND rev > ? ORDER BY rev`)
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
    return this.#inSnapshot(query.channel, ({ number, facts }) => {
      const changes: StoredRecord[] = []
      let bytes = 0
      const rows = this.#changes.iterate(number, query.after)
      for (let next = rows.next(); next.done !== true; next = rows.next()) {
        const record = recordOf(next.value)
        const size = changeBytes(record)
        if (changes.length >= query.limit || (bytes > 0 && bytes + size >= query.bytes)) {
          rows.return?.()
          return { channel: facts, changes, to: changes.at(-1)?.rev ?? query.after, more: true }
        }
        bytes += size
        changes.push(record)
      }
      return { channel: facts, changes, to: facts.head, more: false }
    })
  }

  /**
   * Tombstones from before `at` of the next channel above `channel` that has any, but those that a
   * remembered key names: a replay answers with them. `null`: there is no such channel.
   */
  purgeable(channel: number, at: number): { readonly channel: number; readonly rows: readonly number[] } | null {
    const next = this.#nextWithTombstones.get(channel)?.[0]
    if (next === undefined) return null
    return { channel: Number(next), rows: this.#purgeable.all(next, at).map(([row]) => Number(row)) }
  }

  #pageOf(channel: number, collection: string, from: PageQuery['from'], bounds: Bounds): ReturnType<typeof takePage> {
    const place = pagePlace(from)
    const older = new RecordWalk(this.#older.iterate(channel, collection, place.split))
    const newer = new RecordWalk(this.#newer.iterate(channel, collection, place.split))
    try {
      return takePage(place, older, newer, bounds)
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

/** Rows read one by one, so that a page bound by bytes reads no more than it gives. */
class RecordWalk implements Iterator<StoredRecord> {
  readonly #rows: Iterator<SqlRow>

  constructor(rows: Iterator<SqlRow>) {
    this.#rows = rows
  }

  next(): IteratorResult<StoredRecord> {
    const next = this.#rows.next()
    return next.done === true ? { done: true, value: undefined } : { done: false, value: recordOf(next.value) }
  }

  /** Lets go of the statement, which would hold the snapshot. */
  stop(): void {
    this.#rows.return?.()
  }
}
