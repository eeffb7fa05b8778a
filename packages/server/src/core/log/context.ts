/** The slice of the core's context with which verbs read, follow and extend the logs of channels. */
import type { Backbone } from '../../ports/backbone.ts'
import type { Store } from '../../ports/store.ts'
import type { AccessContext } from '../access/context.ts'
import type { TracingContext } from '../tracing/context.ts'
import type { CommitGroup } from './group.ts'
import type { Hubs } from './hubs.ts'
import type { AnnouncedPieces } from './pieces/announced-pieces.ts'

export interface LogContext extends TracingContext {
  readonly hubs: Hubs
  readonly backbone: Backbone
  /** The store that keeps the channel's log. */
  storeOf(channel: string): Store
  /** The commit group of that store. */
  groupOf(channel: string): CommitGroup
  readonly announcedPieces: AnnouncedPieces
  readonly groups: Readonly<Record<'durable' | 'memory', CommitGroup>>
}

/** The slice with which a commit reaches the remembered memberships, this node's hub and the other nodes. */
export type AnnounceContext = Pick<LogContext, 'hubs' | 'backbone' | 'changeTraces'> &
  Pick<AccessContext, 'memberships'>
