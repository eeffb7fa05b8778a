import type { LiveRecord } from '@dovetail/protocol'
import type { Stop } from './clock.ts'
import type { DovetailError } from './errors.ts'
import type { AnyData, MergePatch } from './types.ts'

/**
 * One row of a live view. `data` is what to show: the record's, or with one's own unacknowledged writes
 * in it. `key` is stable over the row's life (also from pending to acknowledged), for lists in a UI, and
 * names the row for `retry` and `discard`.
 */
export type LiveEntry<Data = AnyData> =
  | { readonly status: 'acknowledged'; readonly key: string; readonly data: Data; readonly record: LiveRecord<Data> }
  | UnsettledEntry<Data>

/** A row with one's own write that is under way (`pending`) or was refused (`failed`, and why). */
export type UnsettledEntry<Data = AnyData> = {
  readonly key: string
  readonly op: 'create' | 'update' | 'delete'
  readonly data: Data
  /** Null for a record that isn't there yet. */
  readonly record: LiveRecord<Data> | null
  /** When it was written here, in ms since the Unix epoch. */
  readonly writtenAt: number
} & ({ readonly status: 'pending' } | { readonly status: 'failed'; readonly error: DovetailError })

/**
 * loading: nothing to show yet · live: all there is · catching_up: back after a break, changes are being
 * read · offline: no connection, what is shown may be old · ended: no longer allowed, or the channel was
 * deleted · failed: could not be read, and trying again would not help.
 */
export type LiveState = 'loading' | 'live' | 'catching_up' | 'offline' | 'ended' | 'failed'

/** What a view shows at one moment. Immutable; the same object until something changes. */
export interface LiveSnapshot<Data = AnyData> {
  /** In rising `pos`, one's own unacknowledged ones last. */
  readonly records: readonly LiveEntry<Data>[]
  readonly state: LiveState
  /** With state `ended`. */
  readonly reason: 'forbidden' | 'deleted' | null
  /** With state `failed`. */
  readonly error: DovetailError | null
  readonly hasOlder: boolean
  readonly loadingOlder: boolean
  /** Only where the view was opened `around` a position: newer ones than those loaded exist. */
  readonly hasNewer: boolean
  readonly loadingNewer: boolean
  /** Opaque: the view holds everything of its channel up to here. */
  readonly cursor: string | null
}

export interface LiveOptions {
  /** Records of the first page, 1..500. Default 50. */
  readonly limit?: number
  /** Opens at this `pos` instead of at the newest. */
  readonly around?: number
}

/** A list that keeps itself: history and changes, joined. Close it when it is no longer shown. */
export interface LiveView<Data = AnyData> extends LiveSnapshot<Data> {
  getSnapshot(): LiveSnapshot<Data>
  /** `listener` is called after each change of the snapshot. */
  subscribe(listener: () => void): Stop
  /** Loads up to `count` (default: the view's limit) older records. Rejects where it can't; never twice at once. */
  loadOlder(count?: number): Promise<void>
  loadNewer(count?: number): Promise<void>
  /** Shows the record at once and sends it until it is acknowledged or refused. Returns its row's key. */
  create(data: Data): string
  update(id: string, patch: MergePatch<Data>): string
  delete(id: string): string
  /** Sends a failed row's writes again, as new writes. */
  retry(key: string): void
  /** Forgets a row's unacknowledged writes. One that is under way may still be committed. */
  discard(key: string): void
  close(): void
}
