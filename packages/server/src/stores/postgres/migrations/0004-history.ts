import type { Migration } from './migration.ts'

/**
 * The history of the database to which the epochs belong (see `history/history.ts`). `number` rises with
 * each new one. `written` is the transaction that wrote the row: in a copy made row by row, as by
 * `pg_dump`, another transaction wrote it, which the row's `xmin` shows.
 */
export const history: Migration = {
  version: 4,
  sql: `
    CREATE TABLE dovetail.history (
      single boolean PRIMARY KEY DEFAULT true CHECK (single),
      number bigint NOT NULL,
      id text COLLATE "C" NOT NULL,
      system text COLLATE "C" NOT NULL,
      timeline text COLLATE "C" NOT NULL,
      written xid8 NOT NULL
    );
  `,
}
