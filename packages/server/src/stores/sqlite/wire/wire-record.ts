import type { StoredRecord } from '../../../ports/stored-record.ts'
import type { SqlValue } from '../driver/driver.ts'
import type { ValueReader } from './value-reader.ts'

/** Adds a whole record to a flat array. */
export function packRecord(record: StoredRecord, values: SqlValue[]): void {
  const { collection, id, pos, rev, author, createdAt, updatedAt, deleted, data, deletedBy } = record
  values.push(collection, id, pos, rev, author, createdAt, updatedAt, deleted ? 1 : 0, data, deletedBy ?? null)
}

export function unpackRecord(reader: ValueReader): StoredRecord {
  const record = {
    collection: reader.text(),
    id: reader.text(),
    pos: reader.number(),
    rev: reader.number(),
    author: reader.text(),
    createdAt: reader.number(),
    updatedAt: reader.number(),
    deleted: reader.number() === 1,
    data: reader.text(),
  }
  const deletedBy = reader.textOrNull()
  return deletedBy === null ? record : { ...record, deletedBy }
}
