import type { StoredRecord } from '../../ports/stored-record.ts'

/** The place of one record in a channel's structures; `record` is replaced with each change. */
export interface MemoryRow {
  record: StoredRecord
}
