/**
 * The events that follow a subscribe: `changes` takes the reader from revision `from` to revision `to`; `reset` says
 * that all that the reader holds of the channel is void; `ended` says that the reader is no longer subscribed.
 */
import Type, { type Static } from 'typebox'
import { AppendChange } from '../records/append.ts'
import { type Change, SentChange } from '../records/change.ts'
import { event } from './frame.ts'
import { ResetReason } from './subscribe.ts'

export const Changes = event('changes', {
  channel: Type.String({ description: 'The name of the channel.' }),
  from: Type.Integer({ minimum: 0, description: 'The revision up to which the reader has the log already.' }),
  to: Type.Integer({ minimum: 0, description: 'The revision up to which the reader has the log after this frame.' }),
  cursor: Type.String({ description: 'The cursor of a reader that has applied this frame.' }),
  epoch: Type.Optional(
    Type.Union([Type.String(), Type.Null()], {
      description: 'The epoch of the log, sent where the reader may not know it yet; null: the channel has none.',
    }),
  ),
  changes: Type.Array(Type.Union([SentChange, AppendChange]), {
    description: 'The changes after `from`, in the order of their revisions.',
  }),
})
/** The type is that of a client that did not ask for pieces. */
export type Changes = Omit<Static<typeof Changes>, 'changes'> & { changes: Change[] }

export const Reset = event('reset', {
  channel: Type.String({ description: 'The name of the channel.' }),
  reason: ResetReason,
  epoch: Type.Union([Type.String(), Type.Null()], {
    description: 'The epoch of the log to continue in; null: the channel has none.',
  }),
  cursor: Type.String({ description: 'The cursor to continue from: `<epoch>.<revision>`, or `0`.' }),
})
export type Reset = Static<typeof Reset>

export const EndedReason = Type.Union([Type.Literal('forbidden'), Type.Literal('deleted')], {
  description:
    'Why the subscription ended. `forbidden`: the caller may no longer read the channel; `deleted`: the channel was deleted.',
})
export type EndedReason = Static<typeof EndedReason>

export const Ended = event('ended', {
  channel: Type.String({ description: 'The name of the channel.' }),
  reason: EndedReason,
})
export type Ended = Static<typeof Ended>
