import type { StoredRecord } from '../../../ports/stored-record.ts'
import type { Database, Statement } from '../driver/driver.ts'
import { indexTokens } from './search-tokens.ts'

/** The words of records, as the writer stores them and moves them into the index. */
export class SearchTable {
  readonly #partition: Statement
  readonly #makePartition: Statement
  readonly #dropPartitions: Statement
  readonly #text: Statement
  readonly #putText: Statement
  readonly #dropText: Statement
  readonly #markStale: Statement
  readonly #state: Statement
  /** `channel collection` → partition, of those that have one. */
  readonly #partitions = new Map<string, number>()
  /** Rows up to this one are in the index, if they have words. */
  #indexed = 0

  constructor(database: Database) {
    this.#partition = database.prepare('SELECT shelf FROM shelves WHERE channel = ? AND collection = ?')
    this.#makePartition = database.prepare('INSERT INTO shelves (channel, collection) VALUES (?, ?) RETURNING shelf')
    this.#dropPartitions = database.prepare('DELETE FROM shelves WHERE channel = ?')
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

  /** Reads the values held in memory again: after a transaction that was rolled back or that changed them. */
  refresh(): void {
    this.#partitions.clear()
    this.#indexed = Number(this.#state.get()?.[0])
  }

  /** Stores the words of a record that was put, or that it has none any more. */
  note(channel: number, row: number, record: StoredRecord, words: string): void {
    const partition = this.#partitionOf(channel, record.collection, words !== '')
    // Where a collection never had words, none of its records has.
    if (partition !== null) this.#put(row, partition, words)
  }

  /** Stores other words of a record that has not changed. */
  renew(channel: number, row: number, collection: string, words: string): void {
    const partition = this.#partitionOf(channel, collection, words !== '')
    const [, known = ''] = this.#text.get(row) ?? []
    if (partition === null || known === words) return
    this.#put(row, partition, words)
  }

  /** Deletes the partitions of a channel whose records are all deleted. */
  dropPartitions(channel: number): void {
    this.#dropPartitions.run(channel)
    this.#partitions.clear()
  }

  #put(row: number, partition: number, words: string): void {
    if (row <= this.#indexed) this.#leave(row)
    if (words === '') this.#dropText.run(row)
    else this.#putText.run(row, partition, words)
  }

  /** Stores the words under which the row is indexed, before they change; only the first change counts. */
  #leave(row: number): void {
    const text = this.#text.get(row)
    const tokens = text === undefined ? '' : indexTokens(Number(text[0]), String(text[1]))
    this.#markStale.run(row, tokens)
  }

  #partitionOf(channel: number, collection: string, make: boolean): number | null {
    const name = `${channel} ${collection}`
    const known = this.#partitions.get(name)
    if (known !== undefined) return known
    const row =
      this.#partition.get(channel, collection) ?? (make ? this.#makePartition.get(channel, collection) : undefined)
    if (row === undefined) return null
    const partition = Number(row[0])
    if (this.#partitions.size >= 10_000) this.#partitions.clear()
    this.#partitions.set(name, partition)
    return partition
  }
}
