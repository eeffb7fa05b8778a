/** What the writing verbs need. */
import type { Limits } from 'dovetail-protocol'
import type { AccessContext } from '../access/context.ts'
import type { FileOffice } from '../files/context.ts'
import type { LogContext } from '../log/context.ts'
import type { CreationContext } from '../rate/context.ts'
import type { AccountContext, ChannelContext } from '../read/context.ts'
import type { TracingContext } from '../tracing/context.ts'
import type { AppendQueue } from './append-queue.ts'
import type { WriteResult } from './decide.ts'
import type { GrowingWords } from './growing-words.ts'

/** Enough to write records. */
export interface WriteContext
  extends AccessContext,
    CreationContext,
    Pick<LogContext, 'storeOf' | 'groupOf'>,
    Pick<TracingContext, 'tracing'> {
  readonly limits: Limits
  readonly appends: AppendQueue<WriteResult>
  readonly growingWords: GrowingWords
  readonly files: FileOffice
  /** A time-ordered id for a record that the client did not name. */
  newId(): string
}

/** Enough to write into users' own feeds. */
export type OwnFeedContext = AccessContext & Pick<LogContext, 'storeOf' | 'groupOf'>

/** Enough to move read markers. */
export type MarkContext = AccountContext & OwnFeedContext

/** Enough to send a signal. */
export type SignalContext = AccessContext & Pick<LogContext, 'hubs' | 'backbone'> & { readonly limits: Limits }

/** Enough to tell everybody that a channel was deleted. */
export type DropContext = OwnFeedContext & Pick<LogContext, 'hubs' | 'backbone'> & Pick<TracingContext, 'changeTraces'>

/** Enough to open and delete channels. */
export type ManageContext = ChannelContext & CreationContext & DropContext & Pick<WriteContext, 'files'>
