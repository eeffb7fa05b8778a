import type { Clock, Stop } from '../../ports/clock.ts'
import type { ApplicationOutbox, Outbox, OutboxEntry, OutboxRefusal } from '../../ports/outbox/outbox.ts'
import type { Driver } from './driver/driver.ts'
import type { OutboxProbe } from './tables/outbox-table.ts'
import type { ReaderThread } from './threads/reader-thread.ts'
import type { WriterThread } from './threads/writer-thread.ts'

export interface OutboxParts {
  readonly writer: Pick<WriterThread, 'call'>
  readonly reader: Pick<ReaderThread, 'call'>
  readonly probe: OutboxProbe
  readonly driver: Pick<Driver, 'isOwn' | 'name'>
  /** Is given each write under way. */
  readonly written: <Result>(write: Promise<Result>) => Promise<Result>
  /** Does a read, and says where the file can't be read. */
  readonly read: <Result>(read: () => Result) => Result
}

/** SQLite notifies nobody of another connection's commit, so the table is probed. */
const probeMs = 50
/** While a transaction that left something is expected to commit. */
const expectingProbeMs = 5
const expectingMs = 1000

/**
 * The outbox in the file. The application fills it by connections of its own, in this process or in another one of this
 * machine; the node that serves the file relays it.
 */
export class SqliteOutbox implements Outbox, ApplicationOutbox {
  readonly #parts: OutboxParts
  #clock: Clock | null = null
  #listener: () => void = () => undefined
  #isProbing = false
  #isProbingSoon = false
  #expectingUntil = Number.NEGATIVE_INFINITY
  #cancel: Stop = () => undefined

  constructor(parts: OutboxParts) {
    this.#parts = parts
  }

  onWaiting(listener: () => void, clock: Clock): void {
    this.#listener = listener
    this.#clock = clock
  }

  async waiting(limit: number): Promise<readonly OutboxEntry[]> {
    if (!this.#isProbing) {
      this.#isProbing = true
      this.#probeLater()
    }
    const { read, probe, reader } = this.#parts
    return read(() => probe.isWaiting) ? await reader.call('outboxWaiting', limit) : []
  }

  async settle(written: readonly string[], refused: readonly OutboxRefusal[]): Promise<void> {
    await this.#parts.written(this.#parts.writer.call('settleOutbox', written, refused))
  }

  wrongDriver(connection: unknown): string | null {
    const { isOwn, name } = this.#parts.driver
    return isOwn(connection) ? null : name
  }

  expect(): void {
    if (!this.#isProbing || this.#clock === null) return
    this.#expectingUntil = this.#clock.monotonic() + expectingMs
    if (this.#isProbingSoon) return
    this.#isProbingSoon = true
    this.#cancel()
    // A transaction that waits for nothing has ended by then.
    this.#cancel = this.#clock.soon(() => this.#probe())
  }

  async close(): Promise<void> {
    this.#isProbing = false
    this.#cancel()
  }

  #probeLater(): void {
    if (!this.#isProbing || this.#clock === null) return
    const pause = this.#clock.monotonic() < this.#expectingUntil ? expectingProbeMs : probeMs
    this.#cancel = this.#clock.after(pause, () => this.#probe())
  }

  #probe(): void {
    this.#isProbingSoon = false
    if (this.#isWaiting()) this.#listener()
    this.#probeLater()
  }

  /** A file that can't be read is reported where the entries are read. */
  #isWaiting(): boolean {
    try {
      return this.#parts.probe.isWaiting
    } catch {
      return true
    }
  }
}
