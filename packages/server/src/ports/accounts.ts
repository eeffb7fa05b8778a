/**
 * What is kept of users rather than of channels: revocations, spent tickets and read markers.
 * Kept by the durable store, in the same place. All times are milliseconds since the Unix epoch.
 */
import type { ChannelFacts } from './store.ts'

export interface Revocation {
  /** `session`: one sign-in, by its id; `user`: all sign-ins of a user up to `at`. */
  readonly kind: 'session' | 'user'
  readonly id: string
  readonly at: number
  /** When every token that it concerns has expired by itself, so that it can be forgotten. */
  readonly until: number
}

export interface ReadMarker {
  readonly user: string
  readonly channel: string
  readonly epoch: string
  readonly pos: number
}

export interface OwnChannel {
  readonly channel: ChannelFacts
  /** The user's marker in this incarnation; 0: none. */
  readonly read: number
}

export interface Accounts {
  /** Durable when it resolves. The same one again is kept with the later `at` and `until`. */
  revoke(revocation: Revocation): Promise<void>
  /** Those still of use at `now`. */
  revocations(now: number): Promise<readonly Revocation[]>
  /** True for the first of all callers, on every node, that spends this id before `until`. */
  spend(id: string, until: number): Promise<boolean>
  /** Moves the marker forwards, never backwards within an incarnation; resolves with where it stands. */
  markRead(marker: ReadMarker): Promise<number>
  /** Channels in which the user has a membership record that is not deleted, or a marker; by name, at most `limit` above `after`. */
  channelsOf(query: {
    readonly user: string
    readonly memberId: string
    readonly after: string
    readonly limit: number
  }): Promise<readonly OwnChannel[]>
  /** Live records above `after` in these collections that are not by `except`; counts no further than `cap`. */
  unread(query: {
    readonly channel: string
    readonly collections: readonly string[]
    readonly after: number
    readonly except: string
    readonly cap: number
  }): Promise<number>
}
