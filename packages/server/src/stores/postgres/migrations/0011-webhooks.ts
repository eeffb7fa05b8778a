import type { Migration } from './migration.ts'

/** What is kept of webhooks beside their positions: channels that fail, events that were given up. */
export const webhooks: Migration = {
  version: 11,
  sql: `
    CREATE TABLE dovetail.webhook_notes (
      webhook text COLLATE "C" NOT NULL,
      kind text COLLATE "C" NOT NULL,
      key text COLLATE "C" NOT NULL,
      at bigint NOT NULL,
      text text COLLATE "C" NOT NULL,
      PRIMARY KEY (webhook, kind, key)
    );
    CREATE INDEX webhook_notes_in_order ON dovetail.webhook_notes (webhook, kind, at, key);
  `,
}
