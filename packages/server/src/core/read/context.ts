/** What the reading verbs need. */
import type { Limits } from 'dovetail-protocol'
import type { Accounts } from '../../ports/accounts.ts'
import type { FileStorage } from '../../ports/files/file-storage.ts'
import type { Store } from '../../ports/store.ts'
import type { AccessContext, SignInContext } from '../access/context.ts'
import type { Reindexer } from '../indexing/reindexer.ts'
import type { LogContext } from '../log/context.ts'
import type { PresenceContext } from '../presence/context.ts'

/** Enough to read records, pages and changes. */
export type ReadContext = AccessContext & Pick<LogContext, 'storeOf'> & { readonly limits: Limits }

/** Enough to follow a channel. */
export type FollowContext = ReadContext & Pick<LogContext, 'hubs'> & Pick<PresenceContext, 'presences' | 'readerCounts'>

/** Enough to read what spans all channels that outlive the process: their list, and searches of them. */
interface AllChannelsContext {
  readonly durable: Store
}

/** Enough to tell whether files are taken. */
interface TakenFilesContext {
  readonly files: { readonly storage: FileStorage | null }
}

/** Enough to describe and list channels. */
export type ChannelContext = ReadContext &
  Pick<PresenceContext, 'readerCounts'> &
  AllChannelsContext &
  TakenFilesContext

/** Enough to read and change profiles. */
export interface ProfileContext extends Pick<SignInContext, 'firstProfiles'> {
  readonly limits: Limits
  readonly accounts: Accounts
}

/** Enough to read what is kept of a user: own channels and read marks. */
export type AccountContext = ReadContext & ProfileContext

/** Enough to search one channel or all. */
export type SearchContext = AccountContext & AllChannelsContext & { readonly reindexer: Pick<Reindexer, 'isBehind'> }
