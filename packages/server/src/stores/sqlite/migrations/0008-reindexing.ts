import type { Migration } from './migration.ts'

/**
 * By what rules each collection is indexed and by which it is to be, and the walk that brings it there: records up to
 * the row `position` are done, and those up to `last` are to be done.
 */
export const reindexing: Migration = {
  version: 8,
  sql: `
    CREATE TABLE search_rules (
      namespace TEXT NOT NULL,
      collection TEXT NOT NULL,
      rules TEXT NOT NULL,
      wanted TEXT NOT NULL,
      PRIMARY KEY (namespace, collection)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE search_walk (position INTEGER NOT NULL, last INTEGER NOT NULL) STRICT;
    INSERT INTO search_walk (position, last) VALUES (0, 0);
  `,
}
