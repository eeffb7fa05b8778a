import type { Migration } from '../migration.ts'

/**
 * Full text search. Commits put words into `search_text` and no more; they are carried into the
 * index in batches, which costs a fraction. Up to `indexed` (a row's number) that is done; rows of
 * `search_stale` are in the index under words that are no longer theirs. What is not carried over
 * yet is found by reading it.
 *
 * A shelf is a collection of a channel. Each record has one more token in the index, which stands
 * for its shelf, so that a search within few of them reads no others. The index holds tokens and
 * rows only: no positions, no text. Up to five letters a prefix is looked up like a word.
 *
 * FTS5 takes words out by marking them, and they go when its segments are merged. `outdated` counts
 * rows taken out since all were merged last. (Its `secure-delete` would take them out at once, but
 * fails with `detail = none`, and with the other details when used now and then; tried on 3.53.)
 */
export const search: Migration = {
  version: 4,
  sql: `
    CREATE TABLE shelves (
      shelf INTEGER PRIMARY KEY,
      channel INTEGER NOT NULL,
      collection TEXT NOT NULL,
      UNIQUE (channel, collection)
    ) STRICT;
    CREATE TABLE search_text (row INTEGER PRIMARY KEY, shelf INTEGER NOT NULL, words TEXT NOT NULL) STRICT;
    CREATE TABLE search_stale (row INTEGER PRIMARY KEY, tokens TEXT NOT NULL) STRICT;
    CREATE TABLE search_shelf (row INTEGER PRIMARY KEY, shelf INTEGER NOT NULL) STRICT;
    CREATE TABLE search_state (indexed INTEGER NOT NULL, outdated INTEGER NOT NULL, merging INTEGER NOT NULL) STRICT;
    INSERT INTO search_state (indexed, outdated, merging) VALUES (0, 0, 0);
    CREATE VIRTUAL TABLE search_index USING fts5 (
      tokens, content = '', columnsize = 0, detail = none, prefix = '1 2 3 4 5',
      tokenize = "ascii tokenchars '!""#$%&''''()*+,-./:;<=>?@[\\]^_\`{|}~'"
    );
  `,
}
