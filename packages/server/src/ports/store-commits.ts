/** What a store commits: writes to one channel in units, and the outcome of each. */
import type { Piece, StoredRecord } from './stored-record.ts'

/** One change to one record, already decided. */
export interface Write {
  readonly collection: string
  readonly recordId: string
  /** `put` leaves `data`; `delete` leaves a tombstone; `keep` changes nothing and takes no revision (a key may still be remembered). */
  readonly effect: 'put' | 'delete' | 'keep'
  /** JSON text; empty for `delete` and `keep`. */
  readonly data: string
  /**
   * The author of a new record, who deletes one, and the owner of the idempotency key. An existing record keeps its
   * author.
   */
  readonly author: string
  /**
   * The state of the record that the decision was based on: the record's revision (of a tombstone too);
   * 0: no such row; `{ write: i }`: the state after write `i` of this unit; `null`: an id that was
   * generated for this write, which can't exist.
   */
  readonly expectRev: number | { readonly write: number } | null
  readonly key?: IdempotencyKey
  /**
   * Words for full text search, space-separated, from `core/`; absent or empty: no search finds the
   * record. Each `put` replaces them.
   */
  readonly words?: string
  /** Where the write appends: what. Stores keep `data`; this is for the readers. */
  readonly pieces?: readonly Piece[]
  /** What a record that is imported brings with it; absent: it is made or changed now. */
  readonly stamp?: Stamp
}

/**
 * The dates of an imported record, and its place where it keeps the one that it had in another log. A `delete` with a
 * stamp also makes the tombstone of a record that never was.
 */
export interface Stamp {
  /** Of a record that exists already, the first one counts. */
  readonly createdAt: number
  readonly updatedAt: number
  /** `null`: the next revision. `rev` is above the head, else the unit is a conflict. */
  readonly slot: { readonly pos: number; readonly rev: number } | null
  /** The author that the record has from now on; absent: an existing record keeps its author. */
  readonly author?: string
  /** With a `delete`: who deleted the record; absent: the author of the write. */
  readonly deletedBy?: string
}

export interface IdempotencyKey {
  readonly key: string
  /** A digest of verb, target and data. The same key with another fingerprint is another write and is refused. */
  readonly fingerprint: string
}

/** Writes to one channel, of which either all are committed or none. */
export interface Unit {
  readonly channel: string
  readonly at: number
  readonly writes: readonly Write[]
  /** Where the channel does not exist: `true` makes it, with a new epoch; `false` refuses the unit. */
  readonly make: boolean
  /** The decision was based on the members as of this revision; `null`: on no membership. */
  readonly membersRev: number | null
  /** The incarnation that the decision was based on; `null`: there was none; absent: any. */
  readonly epoch?: string | null
  /** The head is at least this after the unit: that of the log from which its writes were exported. */
  readonly head?: number
}

/** The outcome of one write. */
export interface Written {
  /** `replayed`: the key was known, and nothing was written; `record` is the record as it is now. */
  readonly kind: 'created' | 'changed' | 'kept' | 'replayed'
  readonly record: StoredRecord
}

export type UnitOutcome =
  | {
      readonly kind: 'committed'
      readonly epoch: string
      /** The channel's head after this unit. */
      readonly head: number
      readonly results: readonly Written[]
    }
  /**
   * Nothing of the unit was committed. `conflict`: the facts that the decision was based on have
   * changed: read and decide again. `write`: the index of the write at fault.
   */
  | { readonly kind: 'refused'; readonly reason: 'conflict' | 'key_reused' | 'no_channel'; readonly write: number }
  /** The store failed on this unit alone, and wrote nothing of it. */
  | { readonly kind: 'failed'; readonly cause: unknown }
