import type { ChannelFacts } from '../../../ports/store.ts'
import type { Link, Statement } from '../connection/connections.ts'
import { channelColumns, channelOf, channelWidth, type SqlRow } from '../rows/rows.ts'

/** A channel's row, locked by the present transaction: nobody else writes to the channel until the transaction ends. */
export interface HeldChannel {
  readonly number: number
  /** The facts of the present incarnation, or of the last one. */
  readonly facts: ChannelFacts
  readonly deleted: boolean
}

/** Locks names in the same order everywhere, so that two transactions never wait for each other. */
const hold: Statement = {
  name: 'hold channels',
  text: `SELECT ${channelColumns}, c.number, c.deleted FROM dovetail.channels c
    WHERE c.name = ANY ($1) ORDER BY c.name FOR UPDATE`,
}

/** Returns the rows that exist. Rows of unknown names are inserted by an earlier transaction (`insertChannelRows`). */
export async function holdChannels(link: Link, names: readonly string[]): Promise<Map<string, HeldChannel>> {
  const rows = await link.query(hold, [names])
  return new Map(rows.map((row) => [String(row[0]), heldOf(row)]))
}

function heldOf(row: SqlRow): HeldChannel {
  const [number, deleted] = row.slice(channelWidth)
  return { number: Number(number), facts: channelOf(row), deleted: deleted === true }
}

/**
 * Inserts rows to lock for channels that do not exist yet. No reader needs them: `touched` is the first
 * of all transactions.
 */
export const insertChannelRows: Statement = {
  name: 'insert channel rows',
  text: `INSERT INTO dovetail.channels (name, epoch, head, floor, members_rev, created_at, visibility, deleted, touched)
    SELECT name, '', 0, 0, 0, 0, 'public', true, '0' FROM unnest($1::text[]) AS t (name) ORDER BY name COLLATE "C"
    ON CONFLICT (name) DO NOTHING`,
}

export const writeChannels: Statement = {
  name: 'write channels',
  text: `UPDATE dovetail.channels c SET epoch = t.epoch, head = t.head, floor = t.floor, members_rev = t.members_rev,
      created_at = t.created_at, visibility = t.visibility, title = t.title, deleted = false,
      touched = greatest(c.touched, pg_current_xact_id())
    FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::text[], $8::text[])
      AS t (name, epoch, head, floor, members_rev, created_at, visibility, title)
    WHERE c.name = t.name`,
}

/** Leaves the channel's records to be deleted later; its row is kept, under another number, and says `deleted`. */
export const deleteChannel = deletion('delete channel', '')

/**
 * Of the channel whose epoch is $2 and whose head is $3, where nobody has used it. The row's lock makes epoch and head
 * those of now, and no record changes without the head.
 */
export const deleteUnusedChannel = deletion(
  'delete unused channel',
  `AND epoch = $2 AND head = $3 AND ((head = 1 AND members_rev = 1) OR NOT EXISTS (
        SELECT FROM dovetail.records r WHERE r.channel = number AND NOT r.deleted))`,
)

function deletion(name: string, where: string): Statement {
  const held = `SELECT name, number FROM dovetail.channels WHERE name = $1 AND NOT deleted ${where} FOR UPDATE`
  return {
    name,
    text: `WITH held AS (${held}),
      gone AS (
        UPDATE dovetail.channels c SET number = DEFAULT, deleted = true, title = NULL,
          touched = greatest(c.touched, pg_current_xact_id())
        FROM held WHERE c.name = held.name RETURNING held.number)
    INSERT INTO dovetail.garbage (channel) SELECT number FROM gone RETURNING channel`,
  }
}

/** Sixteen letters and digits each, as random as the epochs made in `shared/epoch.ts`. */
export const renewChannels: Statement = {
  name: 'renew channels',
  text: `WITH held AS (SELECT name FROM dovetail.channels WHERE NOT deleted ORDER BY name FOR UPDATE)
    UPDATE dovetail.channels c
    SET epoch = substr(md5(gen_random_uuid()::text), 1, 16), touched = pg_current_xact_id()
    FROM held WHERE c.name = held.name RETURNING c.name`,
}
