import type { Migration } from './migration.ts'

/** API keys of services, each by its digest. */
export const apiKeys: Migration = {
  version: 9,
  sql: `
    CREATE TABLE api_keys (
      id TEXT PRIMARY KEY,
      digest TEXT NOT NULL UNIQUE,
      user TEXT NOT NULL,
      role TEXT NOT NULL,
      created_at INTEGER NOT NULL,
      last_used_at INTEGER
    ) STRICT, WITHOUT ROWID;
  `,
}
