/**
 * Puts changes in turn. Where two nodes write to one channel their bells cross: what comes before
 * its turn waits here for what is missing, so that a crossing costs no read of the store.
 */
import type { StoredRecord } from '../ports/stored-record.ts'

/** More than this does not wait: the store has it. */
const maxEntries = 512
const maxChars = 524_288

export class Ahead {
  readonly #head: () => number
  readonly #push: (record: StoredRecord) => void
  readonly #waiting = new Map<number, StoredRecord>()
  #chars = 0

  /** `push` raises the head to the record's revision. */
  constructor(head: () => number, push: (record: StoredRecord) => void) {
    this.#head = head
    this.#push = push
  }

  /** Pushes the change, and what waited for it, where it is its turn; drops it where it was there before. */
  accept(record: StoredRecord): void {
    if (record.rev > this.#head() + 1) this.#keep(record)
    else if (record.rev === this.#head() + 1) this.#push(record)
    this.moveOn()
  }

  #keep(record: StoredRecord): void {
    if (this.#waiting.has(record.rev) || this.#waiting.size >= maxEntries) return
    if (this.#chars + record.data.length > maxChars) return
    this.#waiting.set(record.rev, record)
    this.#chars += record.data.length
  }

  /** The head has moved: what is next is pushed, what was passed is let go of. */
  moveOn(): void {
    if (this.#waiting.size === 0) return
    for (let next = this.#take(this.#head() + 1); next !== undefined; next = this.#take(this.#head() + 1))
      this.#push(next)
    for (const rev of this.#waiting.keys()) if (rev <= this.#head()) this.#take(rev)
  }

  #take(rev: number): StoredRecord | undefined {
    const record = this.#waiting.get(rev)
    if (record === undefined) return undefined
    this.#waiting.delete(rev)
    this.#chars -= record.data.length
    return record
  }

  /** The log is another one. */
  clear(): void {
    this.#waiting.clear()
    this.#chars = 0
  }
}
