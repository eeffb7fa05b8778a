/** The statements of named consumers. Rows of several channels are locked in the order of their names, so that none wait for each other. */
import type { Statement } from '../connection/connections.ts'

const columns = 'name, pattern, version, created_at'

export const insert: Statement = {
  name: 'make consumer',
  text: `INSERT INTO dovetail.consumers (${columns}) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING RETURNING name`,
}

export const find: Statement = {
  name: 'find consumer',
  text: `SELECT ${columns} FROM dovetail.consumers WHERE name = $1`,
}

export const list: Statement = {
  name: 'list consumers',
  text: `SELECT ${columns} FROM dovetail.consumers ORDER BY name`,
}

export const lock: Statement = {
  name: 'lock consumer',
  text: 'SELECT name FROM dovetail.consumers WHERE name = $1 FOR SHARE',
}

export const reset: Statement = {
  name: 'reset consumer',
  text: 'UPDATE dovetail.consumers SET version = $2 WHERE name = $1 RETURNING name',
}

export const drop: Statement = {
  name: 'drop consumer',
  text: 'DELETE FROM dovetail.consumers WHERE name = $1 RETURNING name',
}

export const forgetAll: Statement = {
  name: 'forget positions',
  text: 'DELETE FROM dovetail.consumer_positions WHERE consumer = $1',
}

export const put: Statement = {
  name: 'put positions',
  text: `INSERT INTO dovetail.consumer_positions (consumer, channel, cursor, lease, worker, held, until)
    SELECT $1, channel, cursor, '', '', false, '-infinity' FROM unnest($2::text[], $3::text[]) AS given (channel, cursor)`,
}

export const positions: Statement = {
  name: 'positions',
  text: `SELECT channel, cursor, CASE WHEN held AND until > clock_timestamp() THEN worker END,
      greatest(0, ceil(extract(epoch FROM until - clock_timestamp()) * 1000))::bigint
    FROM (SELECT channel, cursor, worker, held, greatest(until, '1970-01-01') AS until
      FROM dovetail.consumer_positions WHERE consumer = $1) AS row`,
}

export const claim: Statement = {
  name: 'claim channels',
  text: `WITH claimed AS (
      INSERT INTO dovetail.consumer_positions AS row (consumer, channel, cursor, lease, worker, held, until)
      SELECT $1, channel, '0', $3, $4, true, clock_timestamp() + $5 * interval '1 millisecond'
        FROM unnest($2::text[]) AS channel ORDER BY channel
      ON CONFLICT (consumer, channel) DO UPDATE
        SET lease = $3, worker = $4, held = true, until = clock_timestamp() + $5 * interval '1 millisecond'
        WHERE row.until <= clock_timestamp()
      RETURNING channel, cursor)
    SELECT given.channel, claimed.cursor,
      coalesce(greatest(1, ceil(extract(epoch FROM row.until - clock_timestamp()) * 1000)), $5)::bigint
    FROM unnest($2::text[]) AS given (channel) LEFT JOIN claimed ON claimed.channel = given.channel
      LEFT JOIN dovetail.consumer_positions AS row
        ON row.consumer = $1 AND row.channel = given.channel AND row.until > clock_timestamp()`,
}

const revOf = (cursor: string) => `nullif(split_part(split_part(${cursor}, '.', 2), '~', 1), '')::bigint`
const floorOf = (cursor: string) => `coalesce(nullif(split_part(${cursor}, '~', 2), '')::bigint, 0)`

/** `laterPosition` of stores/shared. The text `0` has no revision, so that it is neither behind nor before another. */
const laterPosition = `CASE WHEN split_part(row.cursor, '.', 1) = split_part(given.cursor, '.', 1)
    AND ${revOf('given.cursor')} < ${revOf('row.cursor')}
    AND NOT (${revOf('row.cursor')} < ${floorOf('given.cursor')} AND ${floorOf('row.cursor')} <> ${floorOf('given.cursor')})
  THEN row.cursor ELSE coalesce(given.cursor, row.cursor) END`

export const settle: Statement = {
  name: 'settle channels',
  text: `WITH given AS (
      SELECT * FROM unnest($3::text[], $4::text[], $5::boolean[], $6::double precision[])
        AS given (channel, cursor, keep, delay)),
    mine AS (
      SELECT row.channel FROM dovetail.consumer_positions AS row JOIN given ON given.channel = row.channel
        WHERE row.consumer = $1 AND row.lease = $2 ORDER BY row.channel FOR UPDATE OF row)
    UPDATE dovetail.consumer_positions AS row
      SET cursor = ${laterPosition}, held = row.held AND given.keep,
        until = CASE WHEN given.keep THEN row.until ELSE clock_timestamp() + given.delay * interval '1 millisecond' END
      FROM given WHERE row.consumer = $1 AND row.lease = $2 AND row.channel = given.channel
        AND (SELECT count(*) FROM mine) = cardinality($3::text[])
      RETURNING row.channel`,
}

export const forget: Statement = {
  name: 'forget unread positions',
  text: `DELETE FROM dovetail.consumer_positions WHERE consumer = $1 AND channel = ANY($2) AND cursor = '0'`,
}

export const renew: Statement = {
  name: 'renew lease',
  text: `UPDATE dovetail.consumer_positions SET until = clock_timestamp() + $3 * interval '1 millisecond'
    WHERE channel = ANY(ARRAY(SELECT channel FROM dovetail.consumer_positions
      WHERE consumer = $1 AND lease = $2 AND held ORDER BY channel FOR UPDATE))
      AND consumer = $1 AND lease = $2 AND held
    RETURNING channel`,
}
