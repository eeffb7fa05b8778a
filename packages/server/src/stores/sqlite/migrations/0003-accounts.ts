import type { Migration } from './migration.ts'

/** Tables of what is kept per user rather than per channel. */
export const accounts: Migration = {
  version: 3,
  sql: `
    CREATE TABLE revocations (
      kind TEXT NOT NULL,
      id TEXT NOT NULL,
      at INTEGER NOT NULL,
      until INTEGER NOT NULL,
      PRIMARY KEY (kind, id)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE spent (id TEXT PRIMARY KEY, until INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    CREATE INDEX spent_by_end ON spent (until);

    CREATE TABLE markers (
      user TEXT NOT NULL,
      channel TEXT NOT NULL,
      epoch TEXT NOT NULL,
      pos INTEGER NOT NULL,
      PRIMARY KEY (user, channel)
    ) STRICT, WITHOUT ROWID;

    CREATE INDEX memberships ON records (id, channel) WHERE collection = 'members' AND deleted = 0;
  `,
}
