import type { Migration } from './migration.ts'

/**
 * Full text search. `row` is the order in which records were made, over all channels: hits come in its
 * reverse. `tokens` are the words that `core/` made, and two more tokens for the record's channel and
 * for its collection there, so that the index narrows a search to them; null where there are no words,
 * as in tombstones.
 *
 * The index keeps new rows in a pending list that every search reads: the list is kept short.
 */
export const search: Migration = {
  version: 3,
  sql: `
    ALTER TABLE dovetail.records ADD COLUMN row bigint GENERATED ALWAYS AS IDENTITY, ADD COLUMN tokens tsvector;
    CREATE INDEX records_by_row ON dovetail.records (row) WHERE tokens IS NOT NULL;
    CREATE INDEX records_by_token ON dovetail.records USING gin (tokens)
      WITH (gin_pending_list_limit = 1024) WHERE tokens IS NOT NULL;
  `,
}
