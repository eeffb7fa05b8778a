/** Reads the log from the store for feeds that are behind. Feeds at one cursor share one read and its frames. */
import type { ChangesRead } from '../../../ports/store.ts'
import type { CatchUpLane } from './catch-up-lane.ts'
import type { CatchUp } from './feed.ts'
import type { Tail } from './tail.ts'

/** The log as its hub knows it. */
export interface KnownLog {
  readonly epoch: string | null
  /** The revision that live feeds have been sent. */
  readonly flushed: number
  /** Another one after a reset. */
  readonly tail: Tail
  /** That of the node. */
  readonly lane: CatchUpLane
  readChanges(after: number): Promise<ChangesRead | null>
  readStore(): Promise<void>
  checkHead(epoch: string, head: number): void
}

export class CatchUpReads {
  readonly #log: () => KnownLog
  readonly #reads = new Map<number, Promise<CatchUp>>()

  constructor(log: () => KnownLog) {
    this.#log = log
  }

  from(cursor: number): Promise<CatchUp> {
    let read = this.#reads.get(cursor)
    if (read === undefined) {
      read = this.#log()
        .lane.run(() => this.#read(cursor))
        .finally(() => this.#reads.delete(cursor))
      this.#reads.set(cursor, read)
    }
    return read
  }

  clear(): void {
    this.#reads.clear()
  }

  async #read(cursor: number): Promise<CatchUp> {
    const { tail, readChanges } = this.#log()
    const read = await readChanges(cursor)
    const log = this.#log()
    if (log.tail !== tail) return { kind: 'replaced' }
    if (read === null || read.channel.epoch !== log.epoch) {
      await log.readStore()
      return { kind: 'replaced' }
    }
    const { epoch, head, floor } = read.channel
    log.checkHead(epoch, head)
    // The store may be newer than the hub; a reader must not be, or the removal of a member would come too late.
    const to = Math.min(read.to, log.flushed)
    const known = read.changes.filter((record) => record.rev <= to)
    return { kind: 'ranges', ranges: tail.rangesOf(known, cursor, to, epoch, floor), floor, foldedTo: head }
  }
}
