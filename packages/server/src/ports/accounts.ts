/**
 * What a store keeps per user rather than per channel: profiles, revocations, spent tickets and read
 * markers. The durable store implements it. All times are milliseconds since the Unix epoch.
 */
import type { ChannelFacts } from './channel-facts.ts'

export interface StoredProfile {
  readonly user: string
  readonly name: string
  readonly avatar: string | null
  readonly about: string | null
  readonly guest: boolean
}

export interface Revocation {
  /** `session`: one sign-in, by its id; `user`: all sign-ins of a user up to `at`. */
  readonly kind: 'session' | 'user'
  readonly id: string
  readonly at: number
  /** When every token that the revocation concerns has expired, so that the revocation can be deleted. */
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
  /** The user's marker in this incarnation of the channel; 0 where there is none. */
  readonly read: number
}

export interface Accounts {
  profile(user: string): Promise<StoredProfile | null>
  /** The profiles of those users that have one, in any order. */
  profiles(users: readonly string[]): Promise<readonly StoredProfile[]>
  /** Resolves when the profile is durable. It replaces the one that was saved before. */
  saveProfile(profile: StoredProfile): Promise<void>
  /** Deletes the user's profile and read markers. Resolves when they are gone. */
  erase(user: string): Promise<void>
  /**
   * Resolves when the revocation is durable. Revoking the same session or user again keeps the later
   * `at` and the later `until`.
   */
  revoke(revocation: Revocation): Promise<void>
  /** The revocations that still apply at `now`. */
  revocations(now: number): Promise<readonly Revocation[]>
  /** Resolves with true for the first caller, of all nodes, that spends this id before `until`. */
  spend(id: string, until: number): Promise<boolean>
  /** Moves the marker forwards, never backwards within an incarnation; resolves with the marker's value afterwards. */
  markRead(marker: ReadMarker): Promise<number>
  /**
   * The channels in which the user has a membership record that is not deleted, or a marker; by name, at
   * most `limit`, above `after`.
   */
  channelsOf(query: {
    readonly user: string
    readonly memberId: string
    readonly after: string
    readonly limit: number
  }): Promise<readonly OwnChannel[]>
  /**
   * Counts live records above `after` in these collections that are not by `except`, up to `cap`. The
   * count is never 0 where such a record exists. Behind more than 500 times `cap` records of `except` it
   * may be 1 where none exists.
   */
  unread(query: {
    readonly channel: string
    readonly collections: readonly string[]
    readonly after: number
    readonly except: string
    readonly cap: number
  }): Promise<number>
}
