import type { Database } from '../driver/driver.ts'
import { log } from './0001-log.ts'
import { accounts } from './0003-accounts.ts'
import { search } from './0004-search.ts'
import { history } from './0005-history.ts'
import { recent } from './0006-recent.ts'
import { deletedBy } from './0007-deleted-by.ts'
import { reindexing } from './0008-reindexing.ts'
import { apiKeys } from './0009-api-keys.ts'
import { consumers } from './0010-consumers.ts'
import { webhooks } from './0011-webhooks.ts'
import { files } from './0012-files.ts'
import { outbox } from './0013-outbox.ts'
import type { Migration } from './migration.ts'

export const migrations: readonly Migration[] = [
  log,
  accounts,
  search,
  history,
  recent,
  deletedBy,
  reindexing,
  apiKeys,
  consumers,
  webhooks,
  files,
  outbox,
]

/** "Dove" in ASCII: marks the files of this application (the header field that `file` shows). */
const applicationId = 0x446f7665

/**
 * Migrates the file to this build's schema, each step in its own transaction. @throws Error where the
 * file is another application's, or of a newer build.
 */
export function migrate(database: Database, steps: readonly Migration[] = migrations): void {
  const has = pragma(database, 'user_version')
  const newest = steps.at(-1)?.version ?? 0
  const owner = pragma(database, 'application_id')
  const tables = database.prepare('SELECT count(*) FROM sqlite_schema').get()?.[0]
  if (owner !== applicationId && tables !== 0)
    throw new Error('it is a database of another application (Dovetail makes its file itself; your tables follow)')
  if (has > newest) throw new Error(`its schema is version ${has}, this build knows up to ${newest}: use a newer build`)
  for (const { version, sql } of steps) {
    if (version <= has) continue
    database.exec(
      `BEGIN IMMEDIATE; ${sql}; PRAGMA user_version = ${version}; PRAGMA application_id = ${applicationId}; COMMIT`,
    )
  }
}

/** @throws Error where the file is not a database of this application. */
export function requireOwnFile(database: Database): void {
  if (pragma(database, 'application_id') !== applicationId) throw new Error('it is no database of Dovetail')
}

function pragma(database: Database, name: 'user_version' | 'application_id'): number {
  return Number(database.prepare(`PRAGMA ${name}`).get()?.[0])
}
