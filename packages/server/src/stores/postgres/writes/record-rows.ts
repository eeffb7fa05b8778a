import type { Unit } from '../../../ports/store.ts'
import type { Link, Statement } from '../connection/connections.ts'
import { recordColumnsOf, recordOf, recordWidth, type SqlRow } from '../rows/rows.ts'
import { tokensOf } from '../rows/search-tokens.ts'
import type { ChannelDraft, DraftRow } from './channel-draft.ts'

type Drafts = ReadonlyMap<string, ChannelDraft>

/**
 * Looks up each row by its whole key: a planner that sees small tables would rather read the whole
 * channel, and continues to do so when the channel is large.
 */
const lookedUp = {
  channel: `CROSS JOIN LATERAL (
      SELECT number FROM dovetail.channels WHERE name = t.channel AND NOT deleted LIMIT 1) c`,
  record: (of: string) => `CROSS JOIN LATERAL (
      SELECT * FROM dovetail.records WHERE channel = c.number AND collection = ${of}.collection AND id = ${of}.id LIMIT 1) r`,
  key: `CROSS JOIN LATERAL (
      SELECT * FROM dovetail.keys WHERE channel = c.number AND author = t.author AND key = t.key LIMIT 1) k`,
}

/** Reads the data only where an answer may need it. */
const readRecords: Statement = {
  name: 'rows of a group',
  text: `SELECT r.collection, r.id, r.pos, r.rev, r.author, r.created_at, r.updated_at, r.deleted, r.deleted_by,
      CASE WHEN t.whole THEN r.data ELSE '' END, t.channel
    FROM unnest($1::text[], $2::text[], $3::text[], $4::boolean[]) AS t (channel, collection, id, whole)
    ${lookedUp.channel} ${lookedUp.record('t')}`,
}

const readKeys: Statement = {
  name: 'keys of a group',
  text: `SELECT ${recordColumnsOf('r')}, t.channel, t.author, t.key, k.fingerprint
    FROM unnest($1::text[], $2::text[], $3::text[]) AS t (channel, author, key)
    ${lookedUp.channel} ${lookedUp.key} ${lookedUp.record('k')}`,
}

/**
 * Rows and keys that a group's units name. Sent after the statement that locks the channels, so nothing
 * changes any more.
 */
export interface GroupRows {
  readonly records: readonly SqlRow[]
  readonly keys: readonly SqlRow[]
}

export async function readGroup(link: Link, group: readonly Unit[]): Promise<GroupRows> {
  const writes = group.flatMap((unit) => unit.writes.map((write) => ({ channel: unit.channel, write })))
  const keyed = writes.flatMap(({ channel, write }) =>
    write.key === undefined ? [] : [{ channel, write, key: write.key.key }],
  )
  const [records, keys] = await Promise.all([
    link.query(readRecords, [
      writes.map(({ channel }) => channel),
      writes.map(({ write }) => write.collection),
      writes.map(({ write }) => write.recordId),
      writes.map(({ write }) => write.effect === 'keep'),
    ]),
    keyed.length === 0
      ? []
      : link.query(readKeys, [
          keyed.map(({ channel }) => channel),
          keyed.map(({ write }) => write.author),
          keyed.map(({ key }) => key),
        ]),
  ])
  return { records, keys }
}

/** Adds the rows read to the drafts. A row that was read with its data replaces the same row without. */
export function fillDrafts(drafts: Drafts, { records, keys }: GroupRows): void {
  const whole = (row: SqlRow): boolean => row[recordWidth - 1] !== ''
  for (const row of [...records.filter((row) => !whole(row)), ...records.filter(whole)]) {
    drafts.get(String(row[recordWidth]))?.know(recordOf(row))
  }
  for (const row of keys) {
    const record = recordOf(row)
    const [channel, author, key, fingerprint] = row.slice(recordWidth).map(String) as [string, string, string, string]
    const draft = drafts.get(channel)
    draft?.know(record)
    draft?.knowKey(author, key, { fingerprint, collection: record.collection, recordId: record.id })
  }
}

/** The order of the rows is the order in which searches find the records. */
const insertRecords: Statement = {
  name: 'insert records',
  text: `INSERT INTO dovetail.records
      (channel, collection, id, pos, rev, author, created_at, updated_at, deleted, data, deleted_by, tokens)
    SELECT channel, collection, id, pos, rev, author, created_at, updated_at, deleted, data, deleted_by,
      array_to_tsvector(string_to_array(tokens, ' '))
    FROM unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::text[], $7::bigint[],
        $8::bigint[], $9::boolean[], $10::text[], $11::text[], $12::text[])
      WITH ORDINALITY AS t (channel, collection, id, pos, rev, author, created_at, updated_at, deleted, data, deleted_by,
        tokens, place)
    ORDER BY place`,
}

const updateRecords: Statement = {
  name: 'update records',
  text: `UPDATE dovetail.records r SET rev = t.rev, author = t.author, updated_at = t.updated_at, deleted = t.deleted, data = t.data,
      deleted_by = t.deleted_by, tokens = array_to_tsvector(string_to_array(t.tokens, ' '))
    FROM unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::boolean[], $7::text[], $8::text[],
        $9::text[], $10::text[])
      AS t (channel, collection, id, rev, updated_at, deleted, data, deleted_by, tokens, author)
    WHERE r.channel = t.channel AND r.collection = t.collection AND r.id = t.id`,
}

/** The key exists already where the tombstone that it named was purged. */
const insertKeys: Statement = {
  name: 'remember keys',
  text: `INSERT INTO dovetail.keys (channel, author, key, fingerprint, collection, id, at)
    SELECT * FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[])
    ON CONFLICT (channel, author, key) DO UPDATE
      SET fingerprint = excluded.fingerprint, collection = excluded.collection, id = excluded.id, at = excluded.at`,
}

/** Sends the records and keys that the drafts changed. */
export function writeRows(link: Link, drafts: Drafts): Promise<unknown>[] {
  const rows = [...drafts.values()].flatMap(({ number, rows }) => [...rows.values()].map((row) => ({ number, ...row })))
  const keys = [...drafts.values()].flatMap(({ number, newKeys }) =>
    [...newKeys.values()].map((key) => ({ number, ...key })),
  )
  const sent: Promise<unknown>[] = []
  // The sort is stable: the writes of one unit stay in their order.
  const made = rows.filter(({ isNew }) => isNew).sort((a, b) => a.turn - b.turn)
  const changed = rows.filter(({ isNew }) => !isNew)
  if (made.length > 0) sent.push(insert(link, made))
  if (changed.length > 0) sent.push(update(link, changed))
  if (keys.length > 0) {
    const columns = [
      keys.map((key) => key.number),
      keys.map((key) => key.author),
      keys.map((key) => key.key),
      keys.map((key) => key.fingerprint),
      keys.map((key) => key.collection),
      keys.map((key) => key.recordId),
      keys.map((key) => key.at),
    ]
    sent.push(link.query(insertKeys, columns))
  }
  return sent
}

type NumberedRow = DraftRow & { readonly number: number }

function insert(link: Link, rows: readonly NumberedRow[]): Promise<unknown> {
  return link.query(insertRecords, [
    rows.map(({ number }) => number),
    rows.map(({ record }) => record.collection),
    rows.map(({ record }) => record.id),
    rows.map(({ record }) => record.pos),
    rows.map(({ record }) => record.rev),
    rows.map(({ record }) => record.author),
    rows.map(({ record }) => record.createdAt),
    rows.map(({ record }) => record.updatedAt),
    rows.map(({ record }) => record.deleted),
    rows.map(({ record }) => record.data),
    rows.map(({ record }) => record.deletedBy ?? null),
    rows.map(tokensOf),
  ])
}

function update(link: Link, rows: readonly NumberedRow[]): Promise<unknown> {
  return link.query(updateRecords, [
    rows.map(({ number }) => number),
    rows.map(({ record }) => record.collection),
    rows.map(({ record }) => record.id),
    rows.map(({ record }) => record.rev),
    rows.map(({ record }) => record.updatedAt),
    rows.map(({ record }) => record.deleted),
    rows.map(({ record }) => record.data),
    rows.map(({ record }) => record.deletedBy ?? null),
    rows.map(tokensOf),
    rows.map(({ record }) => record.author),
  ])
}
