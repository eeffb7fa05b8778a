/** The slice of the core's context that says who a caller is and what the caller may do. */
import type { Clock } from '../../ports/clock.ts'
import type { Caller } from './caller.ts'
import type { FirstProfiles } from './first-profiles.ts'
import type { Memberships } from './membership.ts'
import type { Policies } from './policy.ts'
import type { Revocations } from './revocations.ts'

/** The slice that says what a caller may do in a channel. */
export interface AccessContext {
  readonly clock: Clock
  readonly policies: Policies
  readonly memberships: Memberships
  /** Logs an error that no reply can carry. `doing`: what was being done. */
  report(error: unknown, doing: string): void
}

/** The slice that says who a token speaks for. */
export interface SignInContext {
  /** Resolves at once for a token that was seen before. Throws `unauthenticated` or `token_expired`. */
  authenticate(token: string): Caller | Promise<Caller>
  readonly revocations: Revocations
  readonly firstProfiles: FirstProfiles
}
