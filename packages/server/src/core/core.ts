/** One node's core: the contexts of all rooms together, built in `assemble.ts`. Each verb takes the part that it needs. */
import type { AccessContext, SignInContext } from './access/context.ts'
import type { ClusterContext } from './cluster/context.ts'
import type { ConsumerVerbContext } from './consuming/verb-context.ts'
import type { FileContext, FileOffice } from './files/context.ts'
import type { Reindexer } from './indexing/reindexer.ts'
import type { LogContext } from './log/context.ts'
import type { PresenceContext } from './presence/context.ts'
import type { RateContext } from './rate/context.ts'
import type { AccountContext, ChannelContext } from './read/context.ts'
import type { StoredContext } from './schema/context.ts'
import type { WriteContext } from './write/context.ts'

export interface Core
  extends AccessContext,
    SignInContext,
    RateContext,
    LogContext,
    PresenceContext,
    ChannelContext,
    AccountContext,
    WriteContext,
    FileContext,
    StoredContext,
    ClusterContext,
    ConsumerVerbContext {
  readonly reindexer: Reindexer
  readonly files: FileOffice
}
