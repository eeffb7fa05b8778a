/** What an acknowledgement or a refusal does to the entries of the outbox, and to the calls that wait. */
import type { DovetailError } from '../base/errors.ts'
import type { Listeners } from '../base/listeners.ts'
import { mergePatch } from '../base/merge-patch.ts'
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
      drop([entry.key], error)
      return
    }
    const { code, detail, status, errors } = error
    const data = edits.reduce((data, edit) => mergePatch(data, edit.data), entry.data)
    queue.remove(edits.map(({ key }) => key))
    queue.update(entry.key, { data, progress: { name: 'failed', error: { code, detail, status, errors } } })
  }
}
