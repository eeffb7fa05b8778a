import type { StoredRecord } from '../../ports/stored-record.ts'
import { encodeChange, encodeRecord } from '../../wire/record.ts'

/** A blank record: its encoding gives the bytes besides the variable parts, so that count and encoder can't differ. */
const blank: StoredRecord = {
  collection: '',
  id: '',
  pos: 0,
  rev: 0,
  author: '',
  createdAt: 0,
  updatedAt: 0,
  deleted: false,
  data: '',
}
const tombstone: StoredRecord = { ...blank, deleted: true }
const digits = 2
const comma = 1
const recordFrame = encodeRecord(blank).length - digits + comma
const tombstoneFrame = encodeRecord(tombstone).length - digits + comma
const changeFrame = encodeChange(tombstone).length - encodeRecord(tombstone).length

/** The UTF-8 bytes of `encodeRecord(record)` and the comma behind it, without encoding it. */
export function recordBytes(record: StoredRecord): number {
  const numbers = decimalDigits(record.pos) + decimalDigits(record.rev)
  if (record.deleted) return tombstoneFrame + record.id.length + numbers
  return recordFrame + record.id.length + record.author.length + numbers + Buffer.byteLength(record.data)
}

/** The UTF-8 bytes of `encodeChange(record)` and the comma behind it. */
export function changeBytes(record: StoredRecord): number {
  return changeFrame + record.collection.length + recordBytes(record)
}

function decimalDigits(value: number): number {
  let count = 1
  for (let rest = value; rest >= 10; rest = Math.floor(rest / 10)) count++
  return count
}
