import type { Migration } from './migration.ts'

/** Who deleted a record: its author may bring back what the author deleted, and not what somebody else did. */
export const deletedBy: Migration = {
  version: 7,
  sql: 'ALTER TABLE records ADD COLUMN deleted_by TEXT;',
}
