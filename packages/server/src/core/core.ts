/** What every verb works with: one node's policies, limits, stores, hubs and time, put together by `start.ts`. */
import type { Limits } from '@dovetail/protocol'
import type { Accounts } from '../ports/accounts.ts'
import type { Backbone } from '../ports/backbone.ts'
import type { Clock } from '../ports/clock.ts'
import type { Store } from '../ports/store.ts'
import type { Audience } from './audience.ts'
import type { Caller } from './caller.ts'
import type { CommitGroup } from './group.ts'
import type { Hubs } from './hubs.ts'
import type { RateLimit } from './limits.ts'
import type { Neighbours } from './neighbours.ts'
import type { Policies } from './policy.ts'
import type { Presences } from './presence.ts'
import type { PresenceLink } from './presence-link.ts'
import type { Revocations } from './revocations.ts'
import type { SharedRate } from './shared-rate.ts'
import type { Standings } from './standing.ts'

export interface Core {
  readonly clock: Clock
  readonly limits: Limits
  readonly policies: Policies
  readonly hubs: Hubs
  readonly standings: Standings
  readonly backbone: Backbone
  readonly neighbours: Neighbours
  readonly presences: Presences
  readonly audience: Audience
  /** Joins the presence of this node with that of others; `null`: there are none. */
  readonly presenceLink: PresenceLink | null
  readonly commands: RateLimit
  /** New guests by address, over all nodes. */
  readonly admissions: SharedRate
  /** Who a token speaks for. Throws `unauthenticated` or `token_expired`. At once where the token was seen before. */
  authenticate(token: string): Caller | Promise<Caller>
  readonly revocations: Revocations
  readonly accounts: Accounts
  /** The store that keeps profiles and what else is not of one channel. */
  readonly durable: Store
  storeOf(channel: string): Store
  groupOf(channel: string): CommitGroup
  readonly groups: Readonly<Record<'durable' | 'memory', CommitGroup>>
  /** A time-ordered id for a record that the client did not name. */
  newId(): string
  /** Something failed that no caller can be told of. */
  report(error: unknown, doing: string): void
}
