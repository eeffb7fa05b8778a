import type { Database, Statement } from '../driver/driver.ts'
import { indexTokens } from './search-tokens.ts'

const staleAStep = 100

/** The number of pages that one step of a merge writes, which takes some milliseconds. */
const mergedPages = 64

/**
 * The whole index is merged once one row in this many was removed from it, which deletes the removed
 * words for good: at once in a small index, and at a bounded cost per row in a large one.
 */
const rowsAnOutdatedOne = 2500

interface State {
  readonly indexed: number
  readonly outdated: number
  readonly merging: boolean
}

/** Adds words to the index and removes them. Every method that changes something runs within a transaction. */
export class SearchIndex {
  readonly #state: Statement
  readonly #setIndexed: Statement
  readonly #addOutdated: Statement
  readonly #setMerging: Statement
  readonly #stale: Statement
  readonly #staleOf: Statement
  readonly #dropStale: Statement
  readonly #text: Statement
  readonly #fresh: Statement
  readonly #add: Statement
  readonly #remove: Statement
  readonly #merge: Statement
  readonly #changes: Statement
  readonly #putPartition: Statement
  readonly #dropPartition: Statement
  readonly #dropText: Statement
  readonly #unindexed: Statement
  readonly #isReindexing: Statement

  constructor(database: Database) {
    this.#state = database.prepare('SELECT indexed, outdated, merging FROM search_state')
    this.#setIndexed = database.prepare('UPDATE search_state SET indexed = ?')
    this.#addOutdated = database.prepare('UPDATE search_state SET outdated = outdated + 1')
    this.#setMerging = database.prepare('UPDATE search_state SET merging = ?1, outdated = iif(?1, 0, outdated)')
    this.#stale = database.prepare('SELECT row, tokens FROM search_stale LIMIT ?')
    this.#staleOf = database.prepare('SELECT tokens FROM search_stale WHERE row = ?')
    this.#dropStale = database.prepare('DELETE FROM search_stale WHERE row = ?')
    this.#text = database.prepare('SELECT shelf, words FROM search_text WHERE row = ?')
    this.#fresh = database.prepare('SELECT row, shelf, words FROM search_text WHERE row > ? ORDER BY row LIMIT ?')
    this.#add = database.prepare('INSERT INTO search_index (rowid, tokens) VALUES (?, ?)')
    this.#remove = database.prepare("INSERT INTO search_index (search_index, rowid, tokens) VALUES ('delete', ?, ?)")
    this.#merge = database.prepare("INSERT INTO search_index (search_index, rank) VALUES ('merge', ?)")
    this.#changes = database.prepare('SELECT total_changes()')
    this.#putPartition = database.prepare('INSERT OR REPLACE INTO search_shelf (row, shelf) VALUES (?, ?)')
    this.#dropPartition = database.prepare('DELETE FROM search_shelf WHERE row = ?')
    this.#dropText = database.prepare('DELETE FROM search_text WHERE row = ?')
    this.#isReindexing = database.prepare('SELECT 1 FROM search_rules WHERE rules <> wanted LIMIT 1')
    this.#unindexed = database.prepare(
      `SELECT (SELECT count(*) FROM search_text WHERE row > (SELECT indexed FROM search_state)),
         (SELECT count(*) FROM search_stale)`,
    )
  }

  /** How many rows are not in the index yet, and how many are in it under earlier words. */
  unindexed(): { readonly fresh: number; readonly stale: number } {
    const [fresh, stale] = this.#unindexed.get() ?? []
    return { fresh: Number(fresh), stale: Number(stale) }
  }

  /**
   * Indexes up to `limit` new rows, and some that changed, and merges a little where that is due.
   * `erasing`: the index still contains words of no record, and another step removes more.
   */
  step(limit: number): { readonly indexed: number; readonly erasing: boolean } {
    const changed = this.#change()
    const indexed = changed + this.#addFresh(limit)
    return { indexed, erasing: this.#mergeSome() || changed === staleAStep }
  }

  /** Removes a row that is about to be deleted. */
  drop(row: number): void {
    const stale = this.#staleOf.get(row)?.[0]
    const text = this.#text.get(row)
    if (stale === undefined && text === undefined) return
    if (stale !== undefined) this.#takeOut(row, String(stale))
    else if (text !== undefined && row <= this.#read().indexed) {
      this.#takeOut(row, indexTokens(Number(text[0]), String(text[1])))
    }
    this.#dropStale.run(row)
    this.#dropPartition.run(row)
    this.#dropText.run(row)
  }

  #change(): number {
    const rows = this.#stale.all(staleAStep)
    for (const [row, tokens] of rows) this.#renew(Number(row), String(tokens))
    return rows.length
  }

  #addFresh(limit: number): number {
    const rows = this.#fresh.all(this.#read().indexed, limit)
    for (const [row, partition, words] of rows) this.#putIn(Number(row), Number(partition), String(words))
    const last = rows.at(-1)?.[0]
    if (last !== undefined) this.#setIndexed.run(last)
    return rows.length
  }

  /** Returns whether there is more to merge. */
  #mergeSome(): boolean {
    const { indexed, outdated, merging } = this.#read()
    // While every row is indexed anew, each merge of all segments would be followed by the next.
    if (!merging && (outdated * rowsAnOutdatedOne <= indexed || this.#isReindexing.get() !== undefined)) return false
    const before = Number(this.#changes.get()?.[0])
    // A negative number begins a merge of all segments, a positive one continues it.
    this.#merge.run(merging ? mergedPages : -mergedPages)
    const goesOn = Number(this.#changes.get()?.[0]) - before >= 2
    if (!merging || !goesOn) this.#setMerging.run(goesOn ? 1 : 0)
    return goesOn
  }

  /** Removes the row by the tokens that it is indexed under, and adds it under its present ones. */
  #renew(row: number, tokens: string): void {
    this.#takeOut(row, tokens)
    const text = this.#text.get(row)
    if (text === undefined) this.#dropPartition.run(row)
    else this.#putIn(row, Number(text[0]), String(text[1]))
    this.#dropStale.run(row)
  }

  #putIn(row: number, partition: number, words: string): void {
    this.#add.run(row, indexTokens(partition, words))
    this.#putPartition.run(row, partition)
  }

  #takeOut(row: number, tokens: string): void {
    if (tokens === '') return
    this.#remove.run(row, tokens)
    this.#addOutdated.run()
  }

  #read(): State {
    const [indexed, outdated, merging] = this.#state.get() ?? []
    return { indexed: Number(indexed), outdated: Number(outdated), merging: merging === 1 }
  }
}
