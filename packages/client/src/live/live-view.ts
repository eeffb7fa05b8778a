import type { AnyData, LiveRecord, MergePatch } from 'dovetail-protocol'
import type { Stop } from '../base/clock.ts'
import type { DovetailError } from '../base/errors.ts'

/**
 * One row of a live view. `data` is what to show: the record's data with the user's own unacknowledged writes
 * applied. `key` stays the same over the row's life (also from pending to acknowledged), for lists in a UI, and
 * names the row for `retry` and `discard`.
 */
export type LiveEntry<Data = AnyData> =
  | { readonly status: 'acknowledged'; readonly key: string; readonly data: Data; readonly record: LiveRecord<Data> }
  | UnsettledEntry<Data>

/** A row with an own write that is not acknowledged yet (`pending`) or was refused (`failed`, with the error). */
export type UnsettledEntry<Data = AnyData> = {
  readonly key: string
  readonly op: 'create' | 'update' | 'delete'
  readonly data: Data
  /** Null while the record is not created yet, and for a failed edit of a record that is not loaded. */
  readonly record: LiveRecord<Data> | null
  /** When the user made the write, in ms since the Unix epoch. */
  readonly writtenAt: number
} & ({ readonly status: 'pending' } | { readonly status: 'failed'; readonly error: DovetailError })

/**
 * loading: no records yet · live: up to date · catching_up: connected again, missed changes are being read ·
 * offline: no connection, the shown records may be old · ended: reading is no longer allowed, or the channel was
 * deleted · failed: the records could not be read, and a retry would not help.
 */
export type LiveState = 'loading' | 'live' | 'catching_up' | 'offline' | 'ended' | 'failed'

/** What a view shows at one moment. Immutable; the same object until something changes. */
export interface LiveSnapshot<Data = AnyData> {
  /** Rows in rising `pos`; the user's own unacknowledged creates come last. */
  readonly records: readonly LiveEntry<Data>[]
  readonly state: LiveState
  /** Why the view ended; null in other states. */
  readonly reason: 'forbidden' | 'deleted' | null
  /** Why the view failed; null in other states. */
  readonly error: DovetailError | null
  readonly hasOlder: boolean
  readonly loadingOlder: boolean
  /** Whether newer records exist than the loaded ones; only in a view opened `around` a position. */
  readonly hasNewer: boolean
  readonly loadingNewer: boolean
  /** Opaque cursor: the view includes all changes of its channel up to it. */
  readonly cursor: string | null
}

export interface LiveOptions {
  /** Records of the first page, 1..500. Default 50. */
  readonly limit?: number
  /** Opens at this `pos` instead of at the newest. */
  readonly around?: number
  /**
   * The most rows that are held, not counting those that `loadOlder` and `loadNewer` loaded: beyond it the view drops
   * the oldest rows, and `hasOlder` is true again. Default 500, but at least `limit`.
   */
  readonly maxRows?: number
}

/** A list of records that stays up to date: history joined with changes. Close it when it is no longer shown. */
export interface LiveView<Data = AnyData> extends LiveSnapshot<Data> {
  getSnapshot(): LiveSnapshot<Data>
  /** `listener` is called after each change of the snapshot. */
  subscribe(listener: () => void): Stop
  /** Loads up to `count` (default: the view's limit) older records. Rejects when the read fails; concurrent calls share one read. */
  loadOlder(count?: number): Promise<void>
  loadNewer(count?: number): Promise<void>
  /**
   * Shows the record at once and sends it until it is acknowledged or refused. Returns its row's key:
   * `key`, which is the idempotency key too, or a new random one.
   * Throws `outbox_full` where too many writes wait (`ClientOptions.outboxLimit`).
   */
  create(data: Data, options?: { readonly key?: string }): string
  /** `id` is a record id or a row's key: a create that was not sent yet is changed before it is sent. */
  update(id: string, patch: MergePatch<Data>): string
  delete(id: string): string
  /** Sends a failed row's writes again, as new writes. */
  retry(key: string): void
  /** Discards a row's unacknowledged writes. A write that was already sent may still be committed. */
  discard(key: string): void
  close(): void
}
