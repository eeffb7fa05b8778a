import type { Migration } from './migration.ts'

/** What is known of files, and which records refer to them. The bytes are elsewhere. */
export const files: Migration = {
  version: 12,
  sql: `
    CREATE TABLE files (
      id TEXT PRIMARY KEY,
      channel TEXT NOT NULL,
      author TEXT NOT NULL,
      name TEXT NOT NULL,
      type TEXT NOT NULL,
      size INTEGER NOT NULL,
      width INTEGER,
      height INTEGER,
      created_at INTEGER NOT NULL,
      state TEXT NOT NULL,
      -- When it is removed; null: a record refers to it.
      until INTEGER
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX files_until ON files (until) WHERE until IS NOT NULL;
    CREATE INDEX files_author ON files (author, channel);
    CREATE TABLE file_claims (
      file TEXT NOT NULL,
      channel TEXT NOT NULL,
      collection TEXT NOT NULL,
      record TEXT NOT NULL,
      claims INTEGER NOT NULL,
      is_settled INTEGER NOT NULL,
      -- When the record is to be compared; null: it was.
      check_at INTEGER,
      PRIMARY KEY (file, collection, record)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX file_claims_record ON file_claims (channel, collection, record);
    CREATE INDEX file_claims_check_at ON file_claims (check_at) WHERE check_at IS NOT NULL;
  `,
}
