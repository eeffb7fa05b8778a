/**
 * The outbox: writes that an application left in the store's database within its own transaction (the "transactional
 * outbox" of https://microservices.io/patterns/data/transactional-outbox.html). What rolled back is never seen here.
 * Of several nodes one relays at a time.
 */
import type { Code } from 'dovetail-protocol'
import type { Clock } from '../clock.ts'

/** A write that waits to be relayed. Its parts are as the application gave them: nothing is checked yet. */
export interface OutboxEntry {
  /** Decimal digits; rises in the order in which the transactions of one channel committed. */
  readonly id: string
  readonly channel: string
  readonly collection: string
  /** `create`, `put`, `patch`, `append` or `delete`. */
  readonly op: string
  /** `null`: the server makes one. */
  readonly recordId: string | null
  /** JSON text: of an append, its list of operations; `null` for a delete. */
  readonly data: string | null
  /** `null`: the service itself. */
  readonly author: string | null
  /** The application's idempotency key; `null`: it gave none. */
  readonly key: string | null
}

/** Why a write is not done, and would not be if it were tried again. */
export interface OutboxRefusal {
  readonly id: string
  readonly code: Code
  readonly detail: string
}

export interface Outbox {
  /**
   * The oldest entries that wait, in rising `id`; none where another node relays. Entries stay until they are settled.
   * Throws `StoreUnavailable`.
   */
  waiting(limit: number): Promise<readonly OutboxEntry[]>
  /** Deletes the entries that were written, and keeps the refused ones with their reasons. Throws `StoreUnavailable`. */
  settle(written: readonly string[], refused: readonly OutboxRefusal[]): Promise<void>
  /**
   * `listener` is called when new entries may wait, from the first call of `waiting` on. It may be called in vain, and,
   * where a connection breaks, not at all. `clock`: for a database that has to be looked at.
   */
  onWaiting(listener: () => void, clock: Clock): void
  close(): Promise<void>
}

/** An outbox in a file that the application of this process opens by its own connection. */
export interface ApplicationOutbox {
  /** The driver that the store uses, where this connection is of another one; `null`: it may be used. */
  wrongDriver(connection: unknown): string | null
  /** Call when a transaction has left something that is about to be committed. */
  expect(): void
}
