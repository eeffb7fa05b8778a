/** What shows appended text, which only pages that write need: set when that code is loaded, with the first write. */
import type { AnyData, LiveRecord } from 'dovetail-protocol'
import type { OutboxEntry } from './outbox-entry.ts'

export interface ShowsAppends {
  /** The data of a row with what is not acknowledged yet. `record`: what the row shows; null: it is not created yet. */
  over(data: AnyData, write: OutboxEntry, record: LiveRecord | null): AnyData
  /** The record once it is acknowledged. */
  acknowledged(record: LiveRecord, write: OutboxEntry): LiveRecord
}

export const appends: { shows?: ShowsAppends } = {}
