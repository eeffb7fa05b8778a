import type { Write } from '../../../ports/store.ts'
import type { StoredRecord } from '../../../ports/stored-record.ts'
import type { ChannelView, RememberedKey, RowFacts } from '../../shared/plan-unit.ts'
import type { Database, Statement } from '../driver/driver.ts'
import { recordColumns, recordOf } from './rows.ts'

/** The rows of `records` and `keys`, as the writer reads and changes them. */
export class RecordTable {
  readonly #facts: Statement
  readonly #record: Statement
  readonly #key: Statement
  readonly #insert: Statement
  readonly #update: Statement
  readonly #remember: Statement
  readonly #rowOf: Statement

  constructor(database: Database) {
    const one = 'FROM records WHERE channel = ? AND collection = ? AND id = ?'
    this.#facts = database.prepare(`SELECT pos, rev, author, created_at ${one}`)
    this.#record = database.prepare(`SELECT ${recordColumns} ${one}`)
    this.#rowOf = database.prepare(`SELECT row ${one}`)
    this.#key = database.prepare(
      `SELECT k.fingerprint, r.collection, r.id FROM keys k JOIN records r ON r.row = k.record
       WHERE k.channel = ? AND k.author = ? AND k.key = ?`,
    )
    this.#insert = database.prepare(
      `INSERT INTO records (channel, ${recordColumns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    this.#update = database.prepare(
      `UPDATE records SET rev = ?4, author = ?5, updated_at = ?6, deleted = ?7, data = ?8, deleted_by = ?9
       WHERE channel = ?1 AND collection = ?2 AND id = ?3 RETURNING row`,
    )
    this.#remember = database.prepare(
      'INSERT OR REPLACE INTO keys (channel, author, key, fingerprint, record, at) VALUES (?, ?, ?, ?, ?, ?)',
    )
  }

  view(channel: number): ChannelView {
    return new ChannelRows(channel, { facts: this.#facts, record: this.#record, key: this.#key })
  }

  /** Returns the row's number. Fails where the id exists already. */
  insert(channel: number, record: StoredRecord): number {
    const { collection, id, pos, rev, author, createdAt, updatedAt, deleted, data, deletedBy = null } = record
    const values = [collection, id, pos, rev, author, createdAt, updatedAt, deleted ? 1 : 0, data, deletedBy]
    return Number(this.#insert.run(channel, ...values).lastInsertRowid)
  }

  /** Returns the row's number. */
  update(channel: number, record: StoredRecord): number {
    const { collection, id, rev, author, updatedAt, deleted, data, deletedBy = null } = record
    const values = [collection, id, rev, author, updatedAt, deleted ? 1 : 0, data, deletedBy]
    return Number(this.#update.get(channel, ...values)?.[0])
  }

  /** `row`: the number of the record's row, where it is known. */
  remember(channel: number, write: Write, at: number, row: number | null): void {
    if (write.key === undefined) return
    const record = row ?? Number(this.#rowOf.get(channel, write.collection, write.recordId)?.[0])
    this.#remember.run(channel, write.author, write.key.key, write.key.fingerprint, record, at)
  }
}

/** What a unit may look up in one channel. Uniqueness of generated ids is checked at the insert. */
class ChannelRows implements ChannelView {
  readonly #channel: number
  readonly #statements: { readonly facts: Statement; readonly record: Statement; readonly key: Statement }

  constructor(channel: number, statements: { facts: Statement; record: Statement; key: Statement }) {
    this.#channel = channel
    this.#statements = statements
  }

  facts(collection: string, recordId: string): RowFacts | null {
    const row = this.#statements.facts.get(this.#channel, collection, recordId)
    if (row === undefined) return null
    const [pos, rev, author, createdAt] = row as [number, number, string, number]
    return { pos, rev, author, createdAt }
  }

  clash(): null {
    return null
  }

  record(collection: string, recordId: string): StoredRecord | null {
    const row = this.#statements.record.get(this.#channel, collection, recordId)
    return row === undefined ? null : recordOf(row)
  }

  key(author: string, key: string): RememberedKey | null {
    const row = this.#statements.key.get(this.#channel, author, key)
    if (row === undefined) return null
    const [fingerprint, collection, recordId] = row as [string, string, string]
    return { fingerprint, collection, recordId }
  }
}
