import type { Migration } from './migration.ts'

/**
 * The records table is the log: `rev` is the revision that last changed a row, and readers follow the
 * index on it. There is no events table, so deleted text is nowhere else.
 *
 * A channel's number changes when it is dropped: its records keep the old number, which is listed in
 * `garbage`, and are deleted in small steps, so that dropping a million records delays no writer.
 */
export const log: Migration = {
  version: 1,
  sql: `
    CREATE TABLE channels (
      channel INTEGER PRIMARY KEY,
      name TEXT NOT NULL UNIQUE,
      epoch TEXT NOT NULL,
      head INTEGER NOT NULL,
      floor INTEGER NOT NULL,
      members_rev INTEGER NOT NULL,
      created_at INTEGER NOT NULL,
      visibility TEXT NOT NULL,
      title TEXT,
      deleted INTEGER NOT NULL,
      touched INTEGER NOT NULL
    ) STRICT;

    CREATE TABLE records (
      row INTEGER PRIMARY KEY,
      channel INTEGER NOT NULL,
      collection TEXT NOT NULL,
      id TEXT NOT NULL,
      pos INTEGER NOT NULL,
      rev INTEGER NOT NULL,
      author TEXT NOT NULL,
      created_at INTEGER NOT NULL,
      updated_at INTEGER NOT NULL,
      deleted INTEGER NOT NULL,
      data TEXT NOT NULL,
      UNIQUE (channel, collection, id)
    ) STRICT;
    CREATE INDEX records_by_rev ON records (channel, rev);
    CREATE INDEX records_by_pos ON records (channel, collection, pos) WHERE deleted = 0;
    CREATE INDEX tombstones ON records (channel, updated_at) WHERE deleted = 1;

    CREATE TABLE keys (
      channel INTEGER NOT NULL,
      author TEXT NOT NULL,
      key TEXT NOT NULL,
      fingerprint TEXT NOT NULL,
      record INTEGER NOT NULL,
      at INTEGER NOT NULL,
      PRIMARY KEY (channel, author, key)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE profiles (
      user TEXT PRIMARY KEY,
      name TEXT NOT NULL,
      avatar TEXT,
      about TEXT,
      guest INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE garbage (channel INTEGER PRIMARY KEY) STRICT;
  `,
}
