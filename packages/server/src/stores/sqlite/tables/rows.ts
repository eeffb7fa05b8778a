import type { ChannelFacts, StoredRecord } from '../../../ports/store.ts'
import type { SqlRow } from '../driver/driver.ts'

export const recordColumns = 'collection, id, pos, rev, author, created_at, updated_at, deleted, data, deleted_by'

/** The same columns of a table under another name, for joins. */
export function recordColumnsOf(table: string): string {
  return recordColumns.replaceAll(/\w+/g, (column) => `${table}.${column}`)
}

export function recordOf(row: SqlRow): StoredRecord {
  const [collection, id, pos, rev, author, createdAt, updatedAt, deleted, data, deletedBy] = row as RecordRow
  const record = { collection, id, pos, rev, author, createdAt, updatedAt, deleted: deleted === 1, data }
  return deletedBy === null ? record : { ...record, deletedBy }
}

type RecordRow = [string, string, number, number, string, number, number, number, string, string | null]

export const channelColumns = 'channel, name, epoch, head, floor, members_rev, created_at, visibility, title'

export interface ChannelRow {
  /** The number of the channel in its records. */
  readonly number: number
  readonly facts: ChannelFacts
}

export function channelOf(row: SqlRow): ChannelRow {
  const [number, name, epoch, head, floor, membersRev, createdAt, visibility, title] = row as ChannelColumns
  return { number, facts: { name, epoch, head, floor, membersRev, createdAt, visibility, title } }
}

type ChannelColumns = [
  number,
  string,
  string,
  number,
  number,
  number,
  number,
  ChannelFacts['visibility'],
  string | null,
]
