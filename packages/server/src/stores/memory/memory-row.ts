import type { StoredRecord } from '../../ports/stored-record.ts'

/** One record in a channel's structures; `record` is replaced with each change. */
export interface MemoryRow {
  record: StoredRecord
  /** Rises with each record that the store makes, over all channels. */
  readonly order: number
  /** The record's words, with a space before and behind; empty: no search finds the record. */
  words: string
}
