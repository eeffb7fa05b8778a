import type { Statement } from '../connection/connections.ts'

const claimColumns = 'file, channel, collection, record, claims, is_settled'
const thisClaim = 'file = $1 AND collection = $2 AND record = $3 AND claims = $4'

export const addFile: Statement = {
  name: 'add file',
  text: `INSERT INTO dovetail.files (id, channel, author, name, type, size, width, height, created_at, until, state)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'pending')`,
}

export const findFile: Statement = {
  name: 'find file',
  text: `SELECT id, channel, author, name, type, size, width, height, created_at, state, until
         FROM dovetail.files WHERE id = $1 AND state <> 'going'`,
}

export const filesOfAuthor: Statement = {
  name: 'files of author',
  text: `SELECT id, channel, author, name, type, size, width, height, created_at, state, until
         FROM dovetail.files WHERE author = $1 AND id COLLATE "C" > $2 AND state <> 'going' ORDER BY id COLLATE "C" LIMIT $3`,
}

export const waitingFiles: Statement = {
  name: 'waiting files',
  text: 'SELECT count(*) FROM dovetail.files WHERE author = $1 AND channel = $2 AND until IS NOT NULL',
}

export const storedFile: Statement = {
  name: 'stored file',
  text: `UPDATE dovetail.files SET until = CASE state WHEN 'pending' THEN $2 ELSE until END, state = 'stored'
         WHERE id = $1 AND state <> 'going' RETURNING id`,
}

export const referencesOf: Statement = {
  name: 'references of records',
  text: `SELECT ${claimColumns} FROM dovetail.file_claims JOIN unnest($2::text[], $3::text[]) AS wanted (col, rec)
         ON collection = col AND record = rec WHERE channel = $1`,
}

/** Holding a file locks its row, so that none is taken over between. */
export const claimFiles: Statement = {
  name: 'claim files',
  text: `WITH wanted AS (
           SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS w (file, channel, collection, record)
         ), held AS (
           UPDATE dovetail.files AS f SET until = NULL FROM (SELECT DISTINCT file, channel FROM wanted) AS w
           WHERE f.id = w.file AND f.channel = w.channel AND f.state = 'stored' RETURNING f.id
         )
         INSERT INTO dovetail.file_claims AS c (${claimColumns}, check_at)
         SELECT DISTINCT file, channel, collection, record, 1, false, $5::bigint FROM wanted JOIN held ON id = file
         ON CONFLICT (file, collection, record) DO UPDATE SET claims = c.claims + 1, check_at = excluded.check_at
         RETURNING ${claimColumns}`,
}

export const claimFilesOf: Statement = {
  name: 'claim files of channel',
  text: 'UPDATE dovetail.file_claims SET claims = claims + 1, check_at = $2 WHERE channel = $1',
}

export const dueClaims: Statement = {
  name: 'due claims',
  text: `SELECT ${claimColumns} FROM dovetail.file_claims WHERE check_at <= $1 ORDER BY check_at LIMIT $2`,
}

export const settleFile: Statement = {
  name: 'settle file',
  text: `WITH settled AS (
           UPDATE dovetail.file_claims SET check_at = NULL, is_settled = true WHERE ${thisClaim} RETURNING file
         )
         UPDATE dovetail.files SET until = NULL WHERE id IN (SELECT file FROM settled)`,
}

/** Where another reference is claimed at the same time, the file keeps its time, and is not taken over all the same. */
export const withdrawFile: Statement = {
  name: 'withdraw file',
  text: `WITH withdrawn AS (DELETE FROM dovetail.file_claims WHERE ${thisClaim} RETURNING file)
         UPDATE dovetail.files SET until = $5 WHERE id IN (SELECT file FROM withdrawn) AND NOT EXISTS (
           SELECT 1 FROM dovetail.file_claims WHERE file = id AND NOT (collection = $2 AND record = $3)
         )`,
}

export const takeOverFiles: Statement = {
  name: 'take over files',
  text: `UPDATE dovetail.files SET state = 'going', until = $2 WHERE id IN (
           SELECT id FROM dovetail.files WHERE until <= $1
           AND NOT EXISTS (SELECT 1 FROM dovetail.file_claims WHERE file = id) LIMIT $3 FOR UPDATE SKIP LOCKED
         ) RETURNING id`,
}

export const dropFile: Statement = {
  name: 'drop file',
  text: "DELETE FROM dovetail.files WHERE id = $1 AND state = 'going'",
}

export const forgetFiles: Statement = {
  name: 'forget files',
  text: `WITH gone AS (
           DELETE FROM dovetail.file_claims WHERE file IN (SELECT id FROM dovetail.files WHERE author = $1)
         )
         UPDATE dovetail.files SET until = $2 WHERE author = $1`,
}
