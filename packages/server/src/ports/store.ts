/**
 * The store: the log and the only truth. It keeps facts and checks that what a decision rested on
 * still holds at the commit; it decides nothing else. `store.contract.ts` beside this file is the
 * suite that every adapter passes.
 *
 * All times are milliseconds since the Unix epoch, handed in by the caller; a store reads no clock.
 * Record data travels as JSON text: parsed once at the door, never again on the way.
 */
import type { StoredRecord } from './stored-record.ts'

export type { StoredRecord } from './stored-record.ts'

/** What is known of a channel, read in one snapshot. */
export interface ChannelFacts {
  readonly name: string
  /** The incarnation of its log: letters and digits, new with each incarnation. */
  readonly epoch: string
  /** The revision of the last change; 0 only where a channel was opened with nothing in it. */
  readonly head: number
  /** Cursors below this can't be continued: tombstones up to here were purged. 0: nothing was. */
  readonly floor: number
  /** The revision of the last change in the collection `members`; 0: never one. */
  readonly membersRev: number
  readonly createdAt: number
  readonly visibility: 'public' | 'private'
  readonly title: string | null
}

/** One change to one record, decided already. */
export interface Write {
  readonly collection: string
  readonly recordId: string
  /** `put` leaves `data`; `delete` leaves a tombstone; `keep` changes nothing and takes no revision (a key may still be remembered). */
  readonly effect: 'put' | 'delete' | 'keep'
  /** JSON text; empty for `delete` and `keep`. */
  readonly data: string
  /** Who a new record belongs to, and whose idempotency keys count. A record that exists keeps its author. */
  readonly author: string
  /**
   * What the decision saw: the record's revision (of a tombstone too), 0: no such row;
   * `{ write: i }`: as write `i` of this unit left it; `null`: an id that was made for this write,
   * which can't exist.
   */
  readonly expectRev: number | { readonly write: number } | null
  readonly key?: IdempotencyKey
  /** Words for full text search, space-separated, from `core/`; absent or empty: the record is not found. Each `put` says them anew. */
  readonly words?: string
}

export interface IdempotencyKey {
  readonly key: string
  /** A digest of verb, target and data: the same key with another fingerprint is another write. */
  readonly fingerprint: string
}

/** Writes to one channel that are committed all or none. */
export interface Unit {
  readonly channel: string
  readonly at: number
  readonly writes: readonly Write[]
  /** Where there is no such channel: `true` makes it, with a new epoch; `false` refuses. */
  readonly make: boolean
  /** The decision rested on the members as of this revision; `null`: on no membership. */
  readonly membersRev: number | null
  /** The incarnation that the decision saw; `null`: there was none; absent: any. */
  readonly epoch?: string | null
}

/** What became of one write. */
export interface Written {
  /** `replayed`: the key was known, nothing was done; `record` is the record as it is now. */
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
  /** Nothing of the unit was committed. `conflict`: what the decision rested on has changed: read and decide again. `write`: the index of the write at fault. */
  | { readonly kind: 'refused'; readonly reason: 'conflict' | 'key_reused' | 'no_channel'; readonly write: number }
  /** The store failed on this unit alone; its effect is none. */
  | { readonly kind: 'failed'; readonly cause: unknown }

export interface Target {
  readonly collection: string
  readonly recordId: string
}

/** Point reads of one channel, all from one snapshot. */
export interface Look {
  readonly channel: ChannelFacts | null
  /** In the order asked; tombstones included; `null`: no such row. */
  readonly records: readonly (StoredRecord | null)[]
  /** The write that the key was used for, with its record as it is now; `null`: unknown key. */
  readonly key: { readonly fingerprint: string; readonly record: StoredRecord } | null
}

/** Live records of one collection in rising `pos`. */
export interface PageQuery {
  readonly channel: string
  readonly collection: string
  readonly from:
    | { readonly newest: true }
    | { readonly before: number }
    | { readonly after: number }
    /** The page that has this `pos` (or the place where it would be) in its middle. */
    | { readonly around: number }
  readonly limit: number
  /** The page's encoded records stay under this many bytes (one record is always given); what is left is told by `before` and `after`. */
  readonly bytes: number
}

export interface RecordPage {
  readonly channel: ChannelFacts
  readonly records: readonly StoredRecord[]
  /** The `pos` to ask `before`, where older records exist; else `null`. */
  readonly before: number | null
  /** The `pos` to ask `after`, where newer records exist; else `null`. */
  readonly after: number | null
}

export interface ChangesQuery {
  readonly channel: string
  /** Rows with a revision above this, in rising revision. */
  readonly after: number
  readonly limit: number
  readonly bytes: number
}

export interface ChangesRead {
  readonly channel: ChannelFacts
  readonly changes: readonly StoredRecord[]
  /** What the reader has when it has these: the head, or the last row's revision where more follow. */
  readonly to: number
  readonly more: boolean
}

/**
 * Tokens come folded and cut from `core/`, letters, digits and `_`, none with a space. All must be
 * in the record's words, the last one as the beginning of a word. Best first, and best is newest:
 * hits come in the reverse of the order in which the store made the records (a record keeps its
 * place when it is changed or brought back), so that no store has to score a million records.
 */
export interface SearchQuery {
  /** Exact names, at least one; those that are not there find nothing. */
  readonly channels: readonly string[]
  /** `null`: every collection. */
  readonly collection: string | null
  readonly words: readonly string[]
  /** `null`: `words` alone. Where there is neither, nothing is found. */
  readonly prefix: string | null
  readonly limit: number
  /** Where an earlier answer ended; one that no answer gave finds nothing. */
  readonly after: string | null
}

export interface SearchRead {
  readonly hits: readonly { readonly channel: string; readonly record: StoredRecord }[]
  /** `null`: there are no more. */
  readonly after: string | null
}

export interface Opened {
  /** False: it was there already, and nothing was done. */
  readonly made: boolean
  readonly channel: ChannelFacts
  /** The changes that making it took (the owner's membership). */
  readonly changes: readonly StoredRecord[]
}

export interface Store {
  /**
   * Commits units in the order given, in one transaction where the store has such. Each unit stands
   * alone: one that is refused or fails leaves the others as they are. Revisions are 1, 2, 3 … per
   * channel, given in commit order, without a hole; each write that is not `keep` or a replay takes one.
   * Resolves when all is durable (as far as this store is). Rejects only when nothing was committed.
   * A key is looked up before any expectation is compared: a replay is never a conflict.
   */
  commit(group: readonly Unit[]): Promise<readonly UnitOutcome[]>

  /** Makes a channel with its owner, or keeps what is there. */
  open(channel: {
    readonly name: string
    readonly at: number
    readonly visibility: 'public' | 'private'
    readonly title: string | null
    readonly owner: { readonly recordId: string; readonly author: string; readonly data: string } | null
  }): Promise<Opened>

  /** Deletes a channel with its records and keys. A later one of that name has a new epoch. `false`: there was none. */
  drop(name: string): Promise<boolean>

  channel(name: string): Promise<ChannelFacts | null>
  /** Channels whose name begins with `prefix`, above `after` byte by byte, in that order. */
  channels(query: {
    readonly prefix: string
    readonly after: string
    readonly limit: number
  }): Promise<readonly ChannelFacts[]>

  look(
    channel: string,
    targets: readonly Target[],
    key?: { readonly author: string; readonly key: string },
  ): Promise<Look>
  page(query: PageQuery): Promise<RecordPage | null>
  changes(query: ChangesQuery): Promise<ChangesRead | null>
  /** One snapshot of several collections of one channel: the newest records of each, `bytes` in all. */
  snapshot(query: {
    readonly channel: string
    readonly collections: readonly { readonly collection: string; readonly limit: number }[]
    readonly bytes: number
  }): Promise<{ readonly channel: ChannelFacts; readonly pages: readonly Omit<RecordPage, 'channel'>[] } | null>

  /** Live records whose words match, best first; the same on every store. A record is found from its acknowledgement on. */
  search(query: SearchQuery): Promise<SearchRead>

  /** Forgets keys remembered before this time, and tombstones made before that one (raising floors). */
  purge(before: {
    readonly keys: number
    readonly tombstones: number | null
  }): Promise<{ readonly keys: number; readonly tombstones: number }>

  /** Gives every channel a new epoch: the log can't be continued (after a restore). Returns how many. */
  renew(): Promise<number>

  profile(user: string): Promise<StoredProfile | null>
  saveProfile(profile: StoredProfile): Promise<void>

  /** Finishes what was begun and lets go of files, threads and sockets. */
  close(): Promise<void>
}

export interface StoredProfile {
  readonly user: string
  readonly name: string
  readonly avatar: string | null
  readonly about: string | null
  readonly guest: boolean
}

/** Thrown by any method when the store can't be reached or can't write; doors answer `store_unavailable`. */
export class StoreUnavailable extends Error {
  override readonly name = 'StoreUnavailable'
  readonly retryAfterSeconds: number
  constructor(message: string, options: { cause?: unknown; retryAfterSeconds?: number } = {}) {
    super(message, { cause: options.cause })
    this.retryAfterSeconds = options.retryAfterSeconds ?? 1
  }
}

/** The one collection whose changes raise `membersRev`. */
export const membersCollection = 'members'
