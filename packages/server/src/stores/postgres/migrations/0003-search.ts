import type { Migration } from '../migration.ts'

/**
 * Full text search. `row` tells the order in which records were made, over all channels: what is
 * found comes in the reverse of it. `tokens` are the words that `core/` made, and two more that
 * stand for the record's channel and its collection there, so that the index narrows a search to
 * them; null where there are no words, as in tombstones.
 *
 * What was put last waits in a list that every search reads: it is kept short.
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
