import type { Migration } from './migration.ts'

/**
 * By what rules each collection is indexed and by which it is to be, and the walk that brings it there: it goes by
 * channel, collection and id, and has come to the record named. `node` does it until `until`, and anybody after that.
 */
export const reindexing: Migration = {
  version: 7,
  sql: `
    CREATE TABLE dovetail.search_rules (
      namespace text COLLATE "C" NOT NULL,
      collection text COLLATE "C" NOT NULL,
      rules text COLLATE "C" NOT NULL,
      wanted text COLLATE "C" NOT NULL,
      PRIMARY KEY (namespace, collection)
    );
    CREATE TABLE dovetail.search_walk (
      single boolean PRIMARY KEY DEFAULT true CHECK (single),
      channel text COLLATE "C" NOT NULL DEFAULT '',
      collection text COLLATE "C" NOT NULL DEFAULT '',
      id text COLLATE "C" NOT NULL DEFAULT '',
      done bigint NOT NULL DEFAULT 0,
      total bigint NOT NULL DEFAULT 0,
      node text COLLATE "C" NOT NULL DEFAULT '',
      until timestamptz NOT NULL DEFAULT '-infinity'
    );
  `,
}
