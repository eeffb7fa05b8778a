import type { ChannelFacts, StoredRecord } from '../../ports/store.ts'

/** Columns in the order asked for: text, number (`bigint` is read as one: nothing here comes near 2^53), boolean or null. */
export type SqlRow = readonly (string | number | boolean | null)[]

export const recordColumns = 'collection, id, pos, rev, author, created_at, updated_at, deleted, data'

/** The same of a table under another name, for joins. */
export function recordColumnsOf(table: string): string {
  return recordColumns.replaceAll(/\w+/g, (column) => `${table}.${column}`)
}

type RecordRow = [string, string, number, number, string, number, number, boolean, string]

/** How many columns a record takes. */
export const recordWidth = recordColumns.split(',').length

export function recordOf(row: SqlRow): StoredRecord {
  const [collection, id, pos, rev, author, createdAt, updatedAt, deleted, data] = row as RecordRow
  return { collection, id, pos, rev, author, createdAt, updatedAt, deleted, data }
}

/** Of a table called `c`. */
export const channelColumns = 'c.name, c.epoch, c.head, c.floor, c.members_rev, c.created_at, c.visibility, c.title'

type ChannelColumns = [string, string, number, number, number, number, ChannelFacts['visibility'], string | null]

/** How many columns a channel takes. */
export const channelWidth = channelColumns.split(',').length

export function channelOf(row: SqlRow): ChannelFacts {
  const [name, epoch, head, floor, membersRev, createdAt, visibility, title] = row as ChannelColumns
  return { name, epoch, head, floor, membersRev, createdAt, visibility, title }
}
