import type { Migration } from './migration.ts'

/** What is kept of webhooks beside their positions: channels that fail, events that were given up. */
export const webhooks: Migration = {
  version: 11,
  sql: `
    CREATE TABLE webhook_notes (
      webhook TEXT NOT NULL,
      kind TEXT NOT NULL,
      key TEXT NOT NULL,
      at INTEGER NOT NULL,
      text TEXT NOT NULL,
      PRIMARY KEY (webhook, kind, key)
    ) STRICT;
    CREATE INDEX webhook_notes_in_order ON webhook_notes (webhook, kind, at, key);
  `,
}
