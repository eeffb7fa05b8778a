import type { Migration } from './migration.ts'

/** The order in which channels were written last, for searches over all. */
export const recent: Migration = {
  version: 6,
  sql: 'CREATE INDEX channels_by_touch ON channels (touched) WHERE deleted = 0;',
}
