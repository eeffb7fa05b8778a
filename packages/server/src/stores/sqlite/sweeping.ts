import type { ReaderThread } from './threads/reader-thread.ts'
import type { WriterThread } from './threads/writer-thread.ts'
import type { KeyCursor } from './writes/sweep.ts'

/** The rows of tombstones that one step deletes. */
const rowsAStep = 500

/** Deletes what is out of date, in steps, so that other writes get their turn between two of them. */
export class Sweeping {
  readonly #writer: Pick<WriterThread, 'call'>
  readonly #reader: Pick<ReaderThread, 'call'>
  readonly #written: <Result>(write: Promise<Result>) => Promise<Result>
  #running: Promise<void> = Promise.resolve()
  #isClosed = false

  /** `written` is given each write under way. */
  constructor(
    threads: { readonly writer: WriterThread; readonly reader: ReaderThread },
    written: <Result>(write: Promise<Result>) => Promise<Result>,
  ) {
    this.#writer = threads.writer
    this.#reader = threads.reader
    this.#written = written
  }

  /** Forgets idempotency keys from before `at`; resolves with their number. */
  async keys(at: number): Promise<number> {
    let forgotten = 0
    let cursor: KeyCursor | null = [0, '', '']
    while (cursor !== null) {
      const step: { forgotten: number; next: KeyCursor | null } = await this.#written(
        this.#writer.call('sweepKeys', cursor, at),
      )
      forgotten += step.forgotten
      cursor = step.next
    }
    return forgotten
  }

  /** Deletes tombstones from before `at`; resolves with their number. */
  async tombstones(at: number): Promise<number> {
    let purged = 0
    let next = await this.#reader.call('purgeable', 0, at)
    while (next !== null) {
      for (let from = 0; from < next.rows.length; from += rowsAStep) {
        const rows = next.rows.slice(from, from + rowsAStep)
        purged += await this.#written(this.#writer.call('sweepTombstones', next.channel, rows, at))
      }
      next = await this.#reader.call('purgeable', next.channel, at)
    }
    return purged
  }

  /** Deletes the rows of dropped channels. A failure here fails the next write too, which reports it; the rest is deleted after the next opening. */
  droppedChannels(): void {
    const before = this.#running
    const sweep = async (): Promise<void> => {
      await before
      while (!this.#isClosed && (await this.#writer.call('sweepGarbage')));
    }
    this.#running = sweep().catch(() => undefined)
  }

  /** Ends the deletion of dropped channels after the step under way. */
  close(): Promise<void> {
    this.#isClosed = true
    return this.#running
  }
}
