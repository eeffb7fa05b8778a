import type { Migration } from './migration.ts'

/**
 * The outbox: writes that an application leaves here within its own transaction, by an INSERT of its own connection.
 * SQLite has one writer at a time, so numbers rise in the order of the commits; none is given twice.
 *
 * The statements are for the application's own driver, which may have an older SQLite: no function that is newer than
 * STRICT tables.
 */
export const outbox: Migration = {
  version: 13,
  sql: `
    CREATE TABLE dovetail_outbox (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      channel TEXT NOT NULL,
      collection TEXT NOT NULL,
      -- null: 'create', or 'put' where there is a record.
      op TEXT CONSTRAINT "op is none of create, put, patch, append, delete"
        CHECK (op IN ('create', 'put', 'patch', 'append', 'delete')),
      record TEXT,
      data TEXT CONSTRAINT "data is no JSON" CHECK (json_valid(data)),
      author TEXT,
      key TEXT,
      at INTEGER NOT NULL DEFAULT (CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)),
      refused TEXT,
      reason TEXT
    ) STRICT;
    CREATE INDEX dovetail_outbox_waiting ON dovetail_outbox (id) WHERE refused IS NULL;
  `,
}
