/**
 * Puts the changes of a channel in order. Where two nodes write to one channel, their notifications cross: a change that
 * comes before its turn waits here for the changes before it, so that the crossing costs no read of the store.
 */
import type { StoredRecord } from '../../ports/stored-record.ts'

/** Changes beyond these bounds are not kept: the store has them. */
const maxEntries = 512
const maxChars = 524_288

export class ReorderBuffer {
  readonly #waiting = new Map<number, StoredRecord>()
  #chars = 0

  /** Keeps a change whose turn has not come, unless the buffer is full. */
  add(record: StoredRecord): void {
    if (this.#waiting.has(record.rev) || this.#waiting.size >= maxEntries) return
    if (this.#chars + record.data.length > maxChars) return
    this.#waiting.set(record.rev, record)
    this.#chars += record.data.length
  }

  /** Takes out the change that follows `head`; `undefined`: it has not come. Then whatever `head` has passed is dropped. */
  next(head: number): StoredRecord | undefined {
    if (this.#waiting.size === 0) return undefined
    const record = this.#remove(head + 1)
    if (record === undefined) for (const rev of this.#waiting.keys()) if (rev <= head) this.#remove(rev)
    return record
  }

  #remove(rev: number): StoredRecord | undefined {
    const record = this.#waiting.get(rev)
    if (record === undefined) return undefined
    this.#waiting.delete(rev)
    this.#chars -= record.data.length
    return record
  }

  /** Forgets everything: the channel has another log now. */
  clear(): void {
    this.#waiting.clear()
    this.#chars = 0
  }
}
