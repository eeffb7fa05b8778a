/** The slice of the core's context that says who is in a channel and how many read it. */
import type { Limits } from 'dovetail-protocol'
import type { AccessContext } from '../access/context.ts'
import type { PresenceSync } from './presence-sync.ts'
import type { Presences } from './presences.ts'
import type { ReaderCounts } from './reader-counts.ts'

export interface PresenceContext {
  readonly presences: Presences
  readonly readerCounts: ReaderCounts
  /** Joins the presence of this node with that of others; `null`: there are none. */
  readonly presenceSync: PresenceSync | null
}

/** The slice for the presence verbs. */
export type PresenceVerbContext = AccessContext & Pick<PresenceContext, 'presences'> & { readonly limits: Limits }
