import type { IndexGroup, IndexProgress } from '../../../ports/indexing/reindexing.ts'
import { type IndexRules, progressOf } from '../../shared/index-rules.ts'
import type { Database, SqlRow, Statement } from '../driver/driver.ts'

/** The rows of a group with their revisions; the walk goes from `from` to `to`. */
export interface IndexSpan {
  readonly from: number
  readonly to: number
  readonly rows: readonly (readonly [row: number, rev: number])[]
}

/** The rows that one step passes, of whatever collection; and the most data of a group, in characters. */
const passedRows = 5000
const groupLength = 65_536

/** How far the walk has come, and what is next. */
export class ReindexReads {
  readonly #rules: Statement
  readonly #walk: Statement
  readonly #group: Statement

  constructor(database: Database) {
    this.#rules = database.prepare('SELECT namespace, collection, rules, wanted FROM search_rules')
    this.#walk = database.prepare('SELECT position, last FROM search_walk')
    this.#group = database.prepare(
      `SELECT r.row, r.rev, c.name, r.collection, r.data FROM records r JOIN channels c ON c.channel = r.channel
       WHERE r.row > ?1 AND r.row <= ?2 AND r.deleted = 0 AND EXISTS (
         SELECT 1 FROM search_rules s WHERE s.rules <> s.wanted AND s.collection = r.collection
           AND s.namespace = substr(c.name, 1, instr(c.name, ':') - 1))
       ORDER BY r.row LIMIT ?3`,
    )
  }

  progress(): IndexProgress | null {
    const [done, total] = this.#span()
    return progressOf(this.rules(), { done, total })
  }

  rules(): IndexRules[] {
    return this.#rules.all().map((row) => {
      const [namespace = '', collection = '', rules = '', wanted = ''] = row.map(String)
      return { namespace, collection, rules, wanted }
    })
  }

  next(limit: number): IndexGroup<IndexSpan> | null {
    if (this.progress() === null) return null
    const [from, last] = this.#span()
    const end = Math.min(last, from + passedRows)
    const found = this.#group.all(from, end, limit)
    const rows = shortened(found)
    const isWhole = rows.length === found.length && found.length < limit
    return {
      records: rows.map(([, , channel, collection, data]) => ({
        channel: String(channel),
        collection: String(collection),
        data: String(data),
      })),
      span: {
        from,
        to: isWhole ? end : Number(rows.at(-1)?.[0] ?? end),
        rows: rows.map(([row, rev]) => [Number(row), Number(rev)]),
      },
    }
  }

  #span(): readonly [position: number, last: number] {
    const [position, last] = this.#walk.get() ?? []
    return [Number(position), Number(last)]
  }
}

/** At least one, and no more than a few milliseconds of making words. */
function shortened(rows: readonly SqlRow[]): readonly SqlRow[] {
  let length = 0
  const over = rows.findIndex((row, index) => {
    length += String(row[4]).length
    return index > 0 && length > groupLength
  })
  return over < 0 ? rows : rows.slice(0, over)
}
