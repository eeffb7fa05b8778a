import type { StoredRecord } from '../../ports/stored-record.ts'
import type { Database, Statement } from './driver.ts'
import { indexTokens } from './search-tokens.ts'

/** The words of records, as the writer keeps them and carries them into the index. */
export class SearchTable {
  readonly #shelf: Statement
  readonly #makeShelf: Statement
  readonly #dropShelves: Statement
  readonly #text: Statement
  readonly #putText: Statement
  readonly #dropText: Statement
  readonly #markStale: Statement
  readonly #state: Statement
  /** `channel collection` → shelf, of those that have one. */
  readonly #shelves = new Map<string, number>()
  /** Rows up to this one are in the index, if they have words. */
  #indexed = 0

  constructor(database: Database) {
    this.#shelf = database.prepare('SELECT shelf FROM shelves WHERE channel = ? AND collection = ?')
    this.#makeShelf = database.prepare('INSERT INTO shelves (channel, collection) VALUES (?, ?) RETURNING shelf')
    this.#dropShelves = database.prepare('DELETE FROM shelves WHERE channel = ?')
    this.#text = database.prepare('SELECT shelf, words FROM search_text WHERE row = ?')
    this.#putText = database.prepare('INSERT OR REPLACE INTO search_text (row, shelf, words) VALUES (?, ?, ?)')
    this.#dropText = database.prepare('DELETE FROM search_text WHERE row = ?')
    this.#markStale = database.prepare('INSERT OR IGNORE INTO search_stale (row, tokens) VALUES (?, ?)')
    this.#state = database.prepare('SELECT indexed FROM search_state')
    this.refresh()
  }

  get indexed(): number {
    return this.#indexed
  }

  /** Reads again what is held in memory: after a transaction that came to nothing, or one that moved it on. */
  refresh(): void {
    this.#shelves.clear()
    this.#indexed = Number(this.#state.get()?.[0])
  }

  /** Notes the words of a record that was put, or that it has none any more. */
  note(channel: number, row: number, record: StoredRecord, words: string): void {
    const shelf = this.#shelfOf(channel, record.collection, words !== '')
    // Where a collection never had words, none of its records has.
    if (shelf === null) return
    if (row <= this.#indexed) this.#leave(row)
    if (words === '') this.#dropText.run(row)
    else this.#putText.run(row, shelf, words)
  }

  /** Forgets the shelves of a channel of which nothing is left. */
  dropShelves(channel: number): void {
    this.#dropShelves.run(channel)
    this.#shelves.clear()
  }

  /** The row is in the index under its words as they are now, or under none; only the first leave counts. */
  #leave(row: number): void {
    const text = this.#text.get(row)
    const tokens = text === undefined ? '' : indexTokens(Number(text[0]), String(text[1]))
    this.#markStale.run(row, tokens)
  }

  #shelfOf(channel: number, collection: string, make: boolean): number | null {
    const name = `${channel} ${collection}`
    const known = this.#shelves.get(name)
    if (known !== undefined) return known
    const row = this.#shelf.get(channel, collection) ?? (make ? this.#makeShelf.get(channel, collection) : undefined)
    if (row === undefined) return null
    const shelf = Number(row[0])
    if (this.#shelves.size >= 10_000) this.#shelves.clear()
    this.#shelves.set(name, shelf)
    return shelf
  }
}
