import type { Migration } from './migration.ts'

/**
 * The history of the file to which its epochs belong (see `history/history.ts`). `run` is new with each
 * start and each stop, `previous` is the one before; `changes` counts drops and renewals of channels;
 * `closed` is 1 after an orderly stop.
 */
export const history: Migration = {
  version: 5,
  sql: `
    CREATE TABLE history (
      single INTEGER PRIMARY KEY CHECK (single = 1),
      run TEXT NOT NULL,
      previous TEXT NOT NULL,
      changes INTEGER NOT NULL,
      closed INTEGER NOT NULL
    ) STRICT;
  `,
}
