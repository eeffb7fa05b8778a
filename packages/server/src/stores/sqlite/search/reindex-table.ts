import type { IndexedCollection } from '../../../ports/indexing/reindexing.ts'
import { nextRules } from '../../shared/index-rules.ts'
import type { Database, Statement } from '../driver/driver.ts'
import { type IndexSpan, ReindexReads } from './reindex-reads.ts'
import type { SearchTable } from './search-table.ts'

/** The writer's part of indexing anew. Every method runs within a transaction. */
export class ReindexTable {
  readonly #table: SearchTable
  readonly #reads: ReindexReads
  readonly #lastRow: Statement
  readonly #clear: Statement
  readonly #put: Statement
  readonly #start: Statement
  readonly #record: Statement
  readonly #move: Statement
  readonly #end: Statement

  constructor(database: Database, table: SearchTable) {
    this.#table = table
    this.#reads = new ReindexReads(database)
    this.#lastRow = database.prepare('SELECT max(row) FROM records')
    this.#clear = database.prepare('DELETE FROM search_rules')
    this.#put = database.prepare('INSERT INTO search_rules (namespace, collection, rules, wanted) VALUES (?, ?, ?, ?)')
    this.#start = database.prepare('UPDATE search_walk SET position = 0, last = ?')
    this.#record = database.prepare('SELECT channel, collection FROM records WHERE row = ? AND rev = ? AND deleted = 0')
    this.#move = database.prepare('UPDATE search_walk SET position = ? WHERE position = ? RETURNING position >= last')
    this.#end = database.prepare('UPDATE search_rules SET rules = wanted')
  }

  begin(wanted: readonly IndexedCollection[]): void {
    const last = this.#lastRow.get()?.[0] ?? null
    const held = this.#reads.rules()
    const { rules, restarts } = nextRules(held, wanted, last !== null)
    // Most starts change nothing, and write nothing then.
    if (JSON.stringify(rules) === JSON.stringify(held)) return
    this.#clear.run()
    for (const each of rules) this.#put.run(each.namespace, each.collection, each.rules, each.wanted)
    // Later rows are written by the rules wanted now.
    if (restarts) this.#start.run(last)
  }

  put({ from, to, rows }: IndexSpan, words: readonly string[]): void {
    const moved = this.#move.get(to, from)
    if (moved === undefined) return
    for (const [index, [row, rev]] of rows.entries()) {
      const [channel, collection] = this.#record.get(row, rev) ?? []
      if (channel === undefined) continue
      this.#table.renew(Number(channel), row, String(collection), words[index] ?? '')
    }
    if (moved[0] === 1) this.#end.run()
  }
}
