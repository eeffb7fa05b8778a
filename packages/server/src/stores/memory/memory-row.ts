import type { StoredRecord } from '../../ports/stored-record.ts'

/** The place of one record in a channel's structures; `record` is replaced with each change. */
export interface MemoryRow {
  record: StoredRecord
  /** Rises with each record that the store makes, over all channels. */
  readonly order: number
  /** With a space before and behind; empty: it is not searched. */
  words: string
}
