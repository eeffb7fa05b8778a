import type { Migration } from './migration.ts'

/**
 * Full text search. Commits only put words into `search_text`; the words are added to the index in
 * batches, which costs a fraction. Rows up to `indexed` (a row's number) are in the index; rows of
 * `search_stale` are in it under earlier words. A search reads the rows that are not indexed yet one by
 * one.
 *
 * A partition (the column `shelf`) is one collection of a channel. Each record has one more token in the
 * index, that of its partition, so that a search within few partitions reads no others. The index holds
 * tokens and rows only: no positions, no text. A prefix of up to five letters is looked up like a word.
 *
 * FTS5 removes words by marking them, and they are deleted when its segments are merged. `outdated`
 * counts the rows removed since the last merge of all segments. (Its `secure-delete` would delete the
 * words at once, but fails with `detail = none`, and with the other details when used now and then;
 * tried on 3.53.)
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
