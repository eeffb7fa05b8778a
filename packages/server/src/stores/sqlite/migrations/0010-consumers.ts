import type { Migration } from './migration.ts'

/**
 * Named consumers, and the position of each in every channel. `lease` claimed the channel last; it is held while `held`
 * is 1, and can be claimed from `until` on.
 */
export const consumers: Migration = {
  version: 10,
  sql: `
    CREATE TABLE consumers (
      name TEXT PRIMARY KEY,
      pattern TEXT NOT NULL,
      version TEXT NOT NULL,
      created_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE consumer_positions (
      consumer TEXT NOT NULL,
      channel TEXT NOT NULL,
      cursor TEXT NOT NULL,
      lease TEXT NOT NULL,
      worker TEXT NOT NULL,
      held INTEGER NOT NULL,
      until INTEGER NOT NULL,
      PRIMARY KEY (consumer, channel)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX consumer_leases ON consumer_positions (lease) WHERE held = 1;
  `,
}
