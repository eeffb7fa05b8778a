import type { Migration } from './migration.ts'

/** Since which revision a record was only appended to: a node that reads it then tells its readers of the pieces alone. */
export const grownSince: Migration = {
  version: 14,
  sql: 'ALTER TABLE dovetail.records ADD COLUMN grown_since bigint;',
}
