import type { Migration } from './migration.ts'

/** Who deleted a record: its author may bring back what the author deleted, and not what somebody else did. */
export const deletedBy: Migration = {
  version: 5,
  sql: 'ALTER TABLE dovetail.records ADD COLUMN deleted_by text COLLATE "C";',
}
