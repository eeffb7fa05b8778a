import type { Database, Statement } from './driver.ts'
import { indexTokens } from './search-tokens.ts'

const staleAStep = 100

/** Pages that one step of a merge writes: some milliseconds. */
const mergedPages = 64

/**
 * The index is merged whole once one row in so many was taken out of it, which is when its words
 * are gone for good: at once in a small index, and at a bounded cost a row in a large one.
 */
const rowsAnOutdatedOne = 2500

interface State {
  readonly indexed: number
  readonly outdated: number
  readonly merging: boolean
}

/** Carries words into the index and out of it. Every method that changes something runs within a transaction. */
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
  readonly #putShelf: Statement
  readonly #dropShelf: Statement
  readonly #dropText: Statement
  readonly #uncarried: Statement

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
    this.#putShelf = database.prepare('INSERT OR REPLACE INTO search_shelf (row, shelf) VALUES (?, ?)')
    this.#dropShelf = database.prepare('DELETE FROM search_shelf WHERE row = ?')
    this.#dropText = database.prepare('DELETE FROM search_text WHERE row = ?')
    this.#uncarried = database.prepare(
      `SELECT (SELECT count(*) FROM search_text WHERE row > (SELECT indexed FROM search_state)),
         (SELECT count(*) FROM search_stale)`,
    )
  }

  /** How many rows are not in the index, and how many are there under other words than theirs. */
  uncarried(): { readonly fresh: number; readonly stale: number } {
    const [fresh, stale] = this.#uncarried.get() ?? []
    return { fresh: Number(fresh), stale: Number(stale) }
  }

  /**
   * Carries over up to `limit` new rows, and some that changed, and merges a little where that is
   * due. `erasing`: words that are no record's any more are still in the index, and another step takes out more.
   */
  step(limit: number): { readonly carried: number; readonly erasing: boolean } {
    const changed = this.#change()
    const carried = changed + this.#addFresh(limit)
    return { carried, erasing: this.#mergeSome() || changed === staleAStep }
  }

  /** Takes a row out that is about to be gone. */
  drop(row: number): void {
    const stale = this.#staleOf.get(row)?.[0]
    const text = this.#text.get(row)
    if (stale === undefined && text === undefined) return
    if (stale !== undefined) this.#takeOut(row, String(stale))
    else if (text !== undefined && row <= this.#read().indexed) {
      this.#takeOut(row, indexTokens(Number(text[0]), String(text[1])))
    }
    this.#dropStale.run(row)
    this.#dropShelf.run(row)
    this.#dropText.run(row)
  }

  #change(): number {
    const rows = this.#stale.all(staleAStep)
    for (const [row, tokens] of rows) this.#renew(Number(row), String(tokens))
    return rows.length
  }

  #addFresh(limit: number): number {
    const rows = this.#fresh.all(this.#read().indexed, limit)
    for (const [row, shelf, words] of rows) this.#putIn(Number(row), Number(shelf), String(words))
    const last = rows.at(-1)?.[0]
    if (last !== undefined) this.#setIndexed.run(last)
    return rows.length
  }

  /** Returns whether there is more to merge. */
  #mergeSome(): boolean {
    const { indexed, outdated, merging } = this.#read()
    if (!merging && outdated * rowsAnOutdatedOne <= indexed) return false
    const before = Number(this.#changes.get()?.[0])
    // Below 0 it begins with all segments, above it goes on with those.
    this.#merge.run(merging ? mergedPages : -mergedPages)
    const goesOn = Number(this.#changes.get()?.[0]) - before >= 2
    if (!merging || !goesOn) this.#setMerging.run(goesOn ? 1 : 0)
    return goesOn
  }

  /** Out under the tokens that it is in by, in under those that it has now. */
  #renew(row: number, tokens: string): void {
    this.#takeOut(row, tokens)
    const text = this.#text.get(row)
    if (text === undefined) this.#dropShelf.run(row)
    else this.#putIn(row, Number(text[0]), String(text[1]))
    this.#dropStale.run(row)
  }

  #putIn(row: number, shelf: number, words: string): void {
    this.#add.run(row, indexTokens(shelf, words))
    this.#putShelf.run(row, shelf)
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
