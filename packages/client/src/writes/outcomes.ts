/** What an acknowledgement or a refusal does to the entries of the outbox, and to the calls that wait. */
import type { Appends } from 'dovetail-protocol'
import type { DovetailError } from '../base/errors.ts'
import type { Listeners } from '../base/listeners.ts'
import { mergePatch } from '../base/merge-patch.ts'
import { withAppended } from './appended.ts'
import type { OutboxEntry } from './outbox-entry.ts'
import type { OutboxQueue } from './outbox-queue.ts'
import type { Waiters } from './waiters.ts'
import type { Written } from './write.ts'

/** Notified of each acknowledged entry, before it is removed. */
export type AcknowledgedListeners = Listeners<{ readonly entry: OutboxEntry; readonly written: Written }>

export interface OutcomesOptions {
  readonly queue: OutboxQueue
  readonly waiters: Waiters
  readonly acknowledged: AcknowledgedListeners
  /** Removes entries, and the edits of removed creates; calls that wait for them are rejected with the error. */
  readonly drop: (keys: readonly string[], error: DovetailError) => void
}

/** Refusals after which an edit is dropped: its record does not exist, so no row could show the failure. */
const vanished: readonly string[] = ['gone', 'not_found']

/** Loaded together with the sender. */
export class Outcomes {
  readonly #options: OutcomesOptions

  constructor(options: OutcomesOptions) {
    this.#options = options
  }

  acknowledge(entry: OutboxEntry, written: Written): void {
    const { queue, waiters, acknowledged } = this.#options
    for (const { key } of queue.editsOf(entry)) queue.update(key, { recordId: written.record?.id, target: undefined })
    acknowledged.notify({ entry, written })
    queue.remove([entry.key])
    waiters.resolve(entry.key, written)
  }

  /** The entry is kept if a row shows it, until the user decides; waiting edits of a refused create become part of it. */
  refuse(entry: OutboxEntry, error: DovetailError): void {
    const { queue, waiters, drop } = this.#options
    const isShown = entry.op === 'create' || (entry.preview !== undefined && !vanished.includes(error.code))
    const edits = queue.editsOf(entry)
    if (waiters.has(entry.key) || !isShown || edits.some(({ op }) => op === 'delete')) {
      drop([entry.key, ...this.#behind(entry)], error)
      return
    }
    const { code, detail, status, errors } = error
    const data = edits.reduce(
      (data, edit) => (edit.op === 'append' ? withAppended(data, edit.data as Appends) : mergePatch(data, edit.data)),
      entry.data,
    )
    queue.remove(edits.map(({ key }) => key))
    for (const { key } of edits) waiters.reject(key, error)
    queue.update(entry.key, { data, progress: { name: 'failed', error: { code, detail, status, errors } } })
  }

  /** The keys of appends that wait behind a refused one: without them the text has no hole. */
  #behind({ op, key, channel, recordId }: OutboxEntry): string[] {
    if (op !== 'append') return []
    const ofRecord = [...this.#options.queue.ofChannel(channel)].filter((other) => other.recordId === recordId)
    const later = ofRecord.slice(ofRecord.findIndex((other) => other.key === key) + 1)
    const end = later.findIndex((other) => other.op !== 'append')
    return later.slice(0, end < 0 ? undefined : end).map((other) => other.key)
  }
}
