import type { Stop } from '../../ports/clock.ts'
import type { Store, StoredRecord } from '../../ports/store.ts'
import type { ChangeTraces } from '../tracing/change-traces.ts'
import type { LogCounts } from './counts/log-counts.ts'
import type { CatchUpLane } from './feeds/catch-up-lane.ts'
import type { Feed } from './feeds/feed.ts'
import type { TailBounds } from './feeds/tail.ts'
import type { Flushable } from './flush.ts'

/** A channel that readers of this node follow, as its hub shows it. */
export interface FollowedChannel {
  readonly channel: string
  /** `null`: not known here, so that the namespace's policy decides. */
  readonly visibility: 'public' | 'private' | null
  readonly feeds: ReadonlySet<Feed>
  /** How many of the feeds count as readers. */
  readonly readers: number
}

/** What a hub needs of its node. */
export interface HubNode {
  readonly store: Store
  readonly tailBounds: TailBounds
  /** Shared by all hubs of the node. */
  readonly catchUpLane: CatchUpLane
  readonly catchUp: { readonly limit: number; readonly bytes: number }
  /** Whether only the last state of a record of this collection counts (`deliver: 'latest'`). */
  isLatest(channel: string, collection: string): boolean
  markForFlush(hub: Flushable): void
  /** Runs once after `ms`. */
  after(ms: number, task: () => void): Stop
  monotonic(): number
  readonly counts: LogCounts
  /** `null`: nothing is traced. */
  readonly traces: ChangeTraces | null
  /** Ends the feeds that this change of membership no longer lets read. Called between two flushes, in log order. */
  recheckAccess(hub: FollowedChannel, record: StoredRecord): void
  /** Checks for every feed, by what the store says, whether its caller may read: the log was replaced or skipped changes. */
  recheckAccessOfAll(hub: FollowedChannel): Promise<void>
  /** The number of readers went from none to some, or back. */
  demandChanged(hub: FollowedChannel): void
  report(error: unknown, doing: string): void
}
