import type { Database, SqlValue, Statement } from '../driver/driver.ts'
import type { SearchIndex } from '../search/search-index.ts'
import type { SearchTable } from '../search/search-table.ts'

/** The position of a walk over the keys: channel, author and key of the last one read. */
export type KeyCursor = readonly [number, string, string]

const rowsAStep = 500
const keysAStep = 5000

interface Search {
  readonly table: SearchTable
  readonly index: SearchIndex
}

type Transaction = <Result>(change: () => Result) => Result

/** Deletes rows for good, in steps small enough that commits between them are not delayed. */
export class Sweep {
  readonly #search: Search
  readonly #transaction: Transaction
  readonly #nextDropped: Statement
  readonly #rows: Statement
  readonly #dropRow: Statement
  readonly #sweepKeys: Statement
  readonly #swept: Statement
  readonly #keyStep: Statement
  readonly #forget: Statement
  readonly #forgetRest: Statement
  readonly #purge: Statement
  readonly #raise: Statement

  constructor(database: Database, search: Search, transaction: Transaction) {
    this.#search = search
    this.#transaction = transaction
    this.#nextDropped = database.prepare('SELECT channel FROM garbage LIMIT 1')
    this.#rows = database.prepare(`SELECT row FROM records WHERE channel = ? LIMIT ${rowsAStep}`)
    this.#dropRow = database.prepare('DELETE FROM records WHERE row = ?')
    this.#sweepKeys = database.prepare(
      `DELETE FROM keys WHERE channel = ?1 AND (author, key) IN
       (SELECT author, key FROM keys WHERE channel = ?1 LIMIT ${rowsAStep})`,
    )
    this.#swept = database.prepare('DELETE FROM garbage WHERE channel = ?')
    const range = '(channel, author, key) > (?1, ?2, ?3)'
    this.#keyStep = database.prepare(
      `SELECT channel, author, key FROM keys WHERE ${range} ORDER BY channel, author, key LIMIT 1 OFFSET ${keysAStep}`,
    )
    this.#forget = database.prepare(
      `DELETE FROM keys WHERE ${range} AND (channel, author, key) <= (?4, ?5, ?6) AND at < ?7`,
    )
    this.#forgetRest = database.prepare(`DELETE FROM keys WHERE ${range} AND at < ?4`)
    // The last row is kept, so that its number is not reused while a key may name it.
    this.#purge = database.prepare(
      `DELETE FROM records WHERE row = ? AND deleted = 1 AND updated_at < ? AND row < (SELECT max(row) FROM records)
       RETURNING rev`,
    )
    this.#raise = database.prepare('UPDATE channels SET floor = max(floor, ?) WHERE channel = ?')
  }

  /** Deletes some of the rows of dropped channels. Returns whether there are more. */
  droppedChannels(): boolean {
    const channel = this.#nextDropped.get()?.[0]
    if (channel === undefined) return false
    return this.#transaction(() => {
      if (this.#sweepRows(channel) + count(this.#sweepKeys.run(channel)) > 0) return true
      this.#search.table.dropPartitions(Number(channel))
      this.#swept.run(channel)
      return true
    })
  }

  #sweepRows(channel: SqlValue): number {
    const rows = this.#rows.all(channel)
    for (const [row] of rows) {
      this.#search.index.drop(Number(row))
      this.#dropRow.run(Number(row))
    }
    return rows.length
  }

  /**
   * Deletes some of the keys above `cursor` that were remembered before `at`. `next` is the cursor of
   * the next call; `null`: there are no more.
   */
  keys(cursor: KeyCursor, at: number): { readonly forgotten: number; readonly next: KeyCursor | null } {
    const next = (this.#keyStep.get(...cursor) ?? null) as KeyCursor | null
    return this.#transaction(() => ({
      forgotten: count(next === null ? this.#forgetRest.run(...cursor, at) : this.#forget.run(...cursor, ...next, at)),
      next,
    }))
  }

  /** Purges those rows of a channel that are tombstones from before `at`, and raises its floor. */
  tombstones(channel: number, rows: readonly SqlValue[], at: number): number {
    return this.#transaction(() => {
      const revs = rows.flatMap((row) => this.#purge.all(row, at)).map(([rev]) => Number(rev))
      if (revs.length > 0) this.#raise.run(Math.max(...revs), channel)
      return revs.length
    })
  }
}

function count(result: { readonly changes: number | bigint }): number {
  return Number(result.changes)
}
