import type { ChannelFacts, StoredRecord } from '../../../ports/store.ts'

/**
 * Columns in the order selected: text, number (`bigint` is read as a number: no value here comes near
 * 2^53), boolean or null.
 */
export type SqlRow = readonly (string | number | boolean | null)[]

export const recordColumns = 'collection, id, pos, rev, author, created_at, updated_at, deleted, deleted_by, data'

/** The same columns of a table under another name, for joins. */
export function recordColumnsOf(table: string): string {
  return recordColumns.replaceAll(/\w+/g, (column) => `${table}.${column}`)
}

type RecordRow = [string, string, number, number, string, number, number, boolean, string | null, string]

/** How many columns a record has. */
export const recordWidth = recordColumns.split(',').length

export function recordOf(row: SqlRow): StoredRecord {
  const [collection, id, pos, rev, author, createdAt, updatedAt, deleted, deletedBy, data] = row as RecordRow
  const record = { collection, id, pos, rev, author, createdAt, updatedAt, deleted, data }
  return deletedBy === null ? record : { ...record, deletedBy }
}

/** The columns of a channel, of a table called `c`. */
export const channelColumns = 'c.name, c.epoch, c.head, c.floor, c.members_rev, c.created_at, c.visibility, c.title'

type ChannelColumns = [string, string, number, number, number, number, ChannelFacts['visibility'], string | null]

/** How many columns a channel has. */
export const channelWidth = channelColumns.split(',').length

export function channelOf(row: SqlRow): ChannelFacts {
  const [name, epoch, head, floor, membersRev, createdAt, visibility, title] = row as ChannelColumns
  return { name, epoch, head, floor, membersRev, createdAt, visibility, title }
}
