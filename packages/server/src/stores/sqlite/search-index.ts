import type { Database, Statement } from './driver.ts'
import { indexTokens } from './search-tokens.ts'

/** Erasing a record's words for good walks the whole index: a millisecond or two each, so few at a time. */
const erasedAStep = 4
const staleAStep = 100

/** Carries words into the index and out of it. Every method runs within a transaction. */
export class SearchIndex {
  readonly #stale: Statement
  readonly #staleOf: Statement
  readonly #dropStale: Statement
  readonly #text: Statement
  readonly #fresh: Statement
  readonly #add: Statement
  readonly #remove: Statement
  readonly #secure: Statement
  readonly #putShelf: Statement
  readonly #dropShelf: Statement
  readonly #dropText: Statement
  readonly #advance: Statement
  readonly #indexed: Statement
  readonly #uncarried: Statement

  constructor(database: Database) {
    this.#stale = database.prepare('SELECT row, tokens FROM search_stale WHERE erased = ? LIMIT ?')
    this.#staleOf = database.prepare('SELECT tokens FROM search_stale WHERE row = ?')
    this.#dropStale = database.prepare('DELETE FROM search_stale WHERE row = ?')
    this.#text = database.prepare('SELECT shelf, words FROM search_text WHERE row = ?')
    this.#fresh = database.prepare('SELECT row, shelf, words FROM search_text WHERE row > ? ORDER BY row LIMIT ?')
    this.#add = database.prepare('INSERT INTO search_index (rowid, tokens) VALUES (?, ?)')
    this.#remove = database.prepare("INSERT INTO search_index (search_index, rowid, tokens) VALUES ('delete', ?, ?)")
    this.#secure = database.prepare("INSERT INTO search_index (search_index, rank) VALUES ('secure-delete', ?)")
    this.#putShelf = database.prepare('INSERT OR REPLACE INTO search_shelf (row, shelf) VALUES (?, ?)')
    this.#dropShelf = database.prepare('DELETE FROM search_shelf WHERE row = ?')
    this.#dropText = database.prepare('DELETE FROM search_text WHERE row = ?')
    this.#advance = database.prepare('UPDATE search_state SET indexed = ?')
    this.#indexed = database.prepare('SELECT indexed FROM search_state')
    this.#uncarried = database.prepare(
      `SELECT (SELECT count(*) FROM search_text WHERE row > (SELECT indexed FROM search_state)),
         (SELECT count(*) FROM search_stale)`,
    )
  }

  /** Carries over up to `limit` new rows, and some that changed. Returns how many were carried. */
  step(limit: number): number {
    return this.#erase() + this.#change() + this.#addFresh(limit)
  }

  uncarried(): { readonly fresh: number; readonly stale: number } {
    const [fresh, stale] = this.#uncarried.get() ?? []
    return { fresh: Number(fresh), stale: Number(stale) }
  }

  /** Takes a row out that is about to be gone for good. What merges of the index leave of its words goes with time. */
  drop(row: number): void {
    const stale = this.#staleOf.get(row)?.[0]
    const text = this.#text.get(row)
    if (stale === undefined && text === undefined) return
    const indexed = Number(this.#indexed.get()?.[0])
    if (stale !== undefined) this.#takeOut(row, String(stale))
    else if (text !== undefined && row <= indexed) this.#takeOut(row, indexTokens(Number(text[0]), String(text[1])))
    this.#dropStale.run(row)
    this.#dropShelf.run(row)
    this.#dropText.run(row)
  }

  /** Deleted records: no trace of their words is left in the index. */
  #erase(): number {
    const rows = this.#stale.all(1, erasedAStep)
    if (rows.length === 0) return 0
    this.#secure.run(1)
    for (const [row, tokens] of rows) this.#renew(Number(row), String(tokens))
    this.#secure.run(0)
    return rows.length
  }

  #change(): number {
    const rows = this.#stale.all(0, staleAStep)
    for (const [row, tokens] of rows) this.#renew(Number(row), String(tokens))
    return rows.length
  }

  #addFresh(limit: number): number {
    const rows = this.#fresh.all(Number(this.#indexed.get()?.[0]), limit)
    for (const [row, shelf, words] of rows) this.#putIn(Number(row), Number(shelf), String(words))
    const last = rows.at(-1)?.[0]
    if (last !== undefined) this.#advance.run(last)
    return rows.length
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
    if (tokens !== '') this.#remove.run(row, tokens)
  }
}
