/**
 * The store: the log and the only source of truth. It keeps facts, and checks at the commit that the
 * facts a decision was based on still hold; it decides nothing else. What is committed is described in
 * `store-commits.ts`, what is read in `store-reads.ts`. Every adapter passes the suite in
 * `store.contract.ts`.
 *
 * All times are milliseconds since the Unix epoch, passed in by the caller; a store reads no clock.
 * Record data is JSON text: the transport parses it once, and nothing parses it again.
 */
import type { ChannelFacts } from './channel-facts.ts'
import type { Unit, UnitOutcome } from './store-commits.ts'
import type {
  ChangesQuery,
  ChangesRead,
  Lookup,
  PageQuery,
  RecordPage,
  SearchQuery,
  SearchRead,
  SurplusQuery,
  Target,
} from './store-reads.ts'
import type { StoredRecord } from './stored-record.ts'

export type { ChannelFacts } from './channel-facts.ts'
export type * from './store-commits.ts'
export type * from './store-reads.ts'
export type { StoredRecord } from './stored-record.ts'

export interface Opened {
  /** False: the channel existed already, and nothing was written. */
  readonly made: boolean
  readonly channel: ChannelFacts
  /** The changes that making the channel committed (the owner's membership). */
  readonly changes: readonly StoredRecord[]
}

export type LogPosition = Pick<ChannelFacts, 'epoch' | 'head'>

export interface StoreFigures {
  /** Connections to a server, by what they are for. */
  readonly pools?: readonly ConnectionPool[]
  /** The size of the write-ahead log's file, in bytes. */
  readonly logBytes?: number
}

export interface ConnectionPool {
  readonly name: 'readers' | 'writers'
  readonly idle: number
  readonly busy: number
  /** Calls that wait for a connection. */
  readonly waiting: number
}

export interface Store {
  /**
   * Commits units in the order given, in one transaction where the store has transactions. Units are
   * independent: a unit that is refused or fails does not affect the others. Revisions are 1, 2, 3 … per
   * channel, given in commit order, without a gap; each write that is not `keep` or a replay takes one.
   * Resolves when all units are as durable as this store makes them. Rejects only where nothing was
   * committed. A key is looked up before any expectation is compared: a replay is never a conflict.
   */
  commit(group: readonly Unit[]): Promise<readonly UnitOutcome[]>

  /** Makes a channel with its owner, or keeps the existing one. */
  open(channel: {
    readonly name: string
    readonly at: number
    readonly visibility: 'public' | 'private'
    readonly title: string | null
    readonly owner: { readonly recordId: string; readonly author: string; readonly data: string } | null
  }): Promise<Opened>

  /**
   * Deletes a channel with its records and keys. A later channel of that name has a new epoch. `false`:
   * there was none. `unused`: it is deleted only where its log still stands there and nobody has used it: there is no live
   * record, of whatever collection, or there was never a change but the membership that it was opened with.
   */
  drop(name: string, unused?: LogPosition): Promise<boolean>

  channel(name: string): Promise<ChannelFacts | null>
  /** Channels whose name begins with `prefix` and follows `after`, in byte order, without users' own feeds (`me:…`). */
  channels(query: {
    readonly prefix: string
    readonly after: string
    readonly limit: number
  }): Promise<readonly ChannelFacts[]>

  /** The channels that were written last, the last one first; own feeds and those that have nothing but their owner are left out. */
  recentChannels(limit: number): Promise<readonly ChannelFacts[]>

  lookup(
    channel: string,
    targets: readonly Target[],
    key?: { readonly author: string; readonly key: string },
  ): Promise<Lookup>
  page(query: PageQuery): Promise<RecordPage | null>
  changes(query: ChangesQuery): Promise<ChangesRead | null>
  /** One snapshot of several collections of one channel: the newest records of each, `bytes` in all. */
  snapshot(query: {
    readonly channel: string
    readonly collections: readonly { readonly collection: string; readonly limit: number }[]
    readonly bytes: number
  }): Promise<{ readonly channel: ChannelFacts; readonly pages: readonly Omit<RecordPage, 'channel'>[] } | null>

  /** The `pos` of the newest live record that `keep` newer ones of its collection follow; `null`: there is none. */
  surplus(query: SurplusQuery): Promise<number | null>

  /**
   * Live records whose words match, newest first, the same on every store. A record is found from its
   * acknowledgement on.
   */
  search(query: SearchQuery): Promise<SearchRead>

  /** Deletes keys remembered before the first time, and tombstones made before the second (which raises floors). */
  purge(before: {
    readonly keys: number
    readonly tombstones: number | null
  }): Promise<{ readonly keys: number; readonly tombstones: number }>

  /**
   * Gives every channel a new epoch, so that no cursor is continued (after a restore). Returns how many
   * channels there are.
   */
  renew(): Promise<number>

  /** What operators watch of this store, read now; absent: there is nothing to watch. */
  figures?(): Promise<StoreFigures>

  /** Completes the calls under way, then closes files, threads and sockets. */
  close(): Promise<void>
}

/** Thrown by any method where the store can't be reached or can't write; transports answer `store_unavailable`. */
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
