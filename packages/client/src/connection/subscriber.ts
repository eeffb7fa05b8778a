import type { Change, Signal, SnapshotPage } from 'dovetail-protocol'
import type { Cursor } from 'dovetail-protocol/cursor'

/** A user of a channel's subscription: a live view, a presence handle or a signal listener. */
export interface Subscriber {
  /** The newest records that the subscriber needs, if it holds none. */
  readonly page?: { readonly collection: string; readonly limit: number } | null
  readonly presence?: true
  readonly signals?: true
  /** Reading begins; `anew`: without the held cursor (a first subscribe or a reset), so that everything held is void. */
  joined?(snapshot: SnapshotPage | null, cursor: Cursor, anew: boolean): void
  changes?(changes: readonly Change[]): void
  signal?(signal: Signal): void
  stateChanged?(): void
}
