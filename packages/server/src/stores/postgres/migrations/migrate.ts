import type { PoolClient } from 'pg'
import { log } from './0001-log.ts'
import { accounts } from './0002-accounts.ts'
import { search } from './0003-search.ts'
import { history } from './0004-history.ts'
import { deletedBy } from './0005-deleted-by.ts'
import { outbox } from './0006-outbox.ts'
import { reindexing } from './0007-reindexing.ts'
import { apiKeys } from './0008-api-keys.ts'
import { presence } from './0009-presence.ts'
import { consumers } from './0010-consumers.ts'
import { webhooks } from './0011-webhooks.ts'
import { files } from './0012-files.ts'
import { outboxAppends } from './0013-outbox-appends.ts'
import type { Migration } from './migration.ts'

export const migrations: readonly Migration[] = [
  log,
  accounts,
  search,
  history,
  deletedBy,
  outbox,
  reindexing,
  apiKeys,
  presence,
  consumers,
  webhooks,
  files,
  outboxAppends,
]

/** "Dovetail" in ASCII: the lock under which nodes that start at once migrate one after the other. */
const lock = '4931290295110297964'

/**
 * Migrates the schema `dovetail` to this build's, in one transaction, safe against other nodes that do
 * the same. @throws Error with one line for people where the database is of a newer build, or not in
 * UTF-8.
 */
export async function migrate(client: PoolClient, steps: readonly Migration[] = migrations): Promise<void> {
  const encoding = (await client.query('SHOW server_encoding')).rows[0].server_encoding
  if (encoding !== 'UTF8') throw new Error(`its encoding is ${encoding}, UTF8 is needed`)
  await client.query('BEGIN')
  try {
    // Another node may hold the lock, and an index over a million rows takes long.
    await client.query('SET LOCAL statement_timeout = 0')
    await client.query(`SELECT pg_advisory_xact_lock(${lock})`)
    await bringTo(client, steps)
    await client.query('COMMIT')
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined)
    throw error
  }
}

async function bringTo(client: PoolClient, steps: readonly Migration[]): Promise<void> {
  const has = await versionOf(client)
  const newest = steps.at(-1)?.version ?? 0
  if (has > newest) throw new Error(`its schema is version ${has}, this build knows up to ${newest}: use a newer build`)
  for (const { version, sql } of steps) {
    if (version <= has) continue
    await client.query(sql)
    await client.query('INSERT INTO dovetail.migrations (version) VALUES ($1)', [version])
  }
}

async function versionOf(client: PoolClient): Promise<number> {
  // Looked up first: a user of the schema may not be allowed to create one.
  const { rows } = await client.query(
    "SELECT to_regnamespace('dovetail') IS NOT NULL AS schema, to_regclass('dovetail.migrations') IS NOT NULL AS versions",
  )
  if (!rows[0].schema) await client.query('CREATE SCHEMA dovetail')
  if (!rows[0].versions) {
    await client.query(
      'CREATE TABLE dovetail.migrations (version integer PRIMARY KEY, at timestamptz NOT NULL DEFAULT now())',
    )
  }
  const newest = await client.query('SELECT coalesce(max(version), 0) AS version FROM dovetail.migrations')
  return newest.rows[0].version
}
