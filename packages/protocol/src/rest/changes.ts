/** Requests and replies of the routes for changes. */
import Type, { type Static } from 'typebox'
import { Signal } from '../frames/signal.ts'
import { ResetReason } from '../frames/subscribe.ts'
import { nullable } from '../nullable.ts'
import { Change } from '../records/change.ts'

export const ChangesReply = Type.Object({
  channel: Type.String({ description: 'The name of the channel.' }),
  from: Type.Integer({ description: 'The revision up to which the reader has the log already.' }),
  to: Type.Integer({ description: 'The revision up to which the reader has the log after this reply.' }),
  cursor: Type.String({ description: 'The cursor to continue from: `<epoch>.<revision>`, or `0`.' }),
  changes: Type.Array(Change, { description: 'The changes after `from`, in the order of their revisions.' }),
  more: Type.Boolean({ description: 'Whether further changes can be read at once, from `cursor`.' }),
  epoch: Type.Optional(
    nullable(Type.String({ description: 'The epoch of the log, sent where the reader may not know it yet.' })),
  ),
  signals: Type.Optional(
    Type.Array(Signal, { description: 'With a long-poll that asked for signals: those sent while it waited.' }),
  ),
})
export type ChangesReply = Static<typeof ChangesReply>

export const ChannelError = Type.Object({
  code: Type.String({ description: 'An error code of the closed table in docs/protocol.md.' }),
  detail: Type.String({ description: 'A sentence for people that says what is wrong.' }),
  retryable: Type.Boolean({ description: 'Whether the same request may succeed when it is sent again later.' }),
  reason: Type.Optional(ResetReason),
  cursor: Type.Optional(Type.String({ description: 'The cursor to continue from: `<epoch>.<revision>`, or `0`.' })),
  retryAfter: Type.Optional(Type.Number({ description: 'Seconds until the same request may succeed.' })),
})

/** Why one of several channels could not be read. */
export const ChannelRefusal = Type.Object({
  channel: Type.String({ description: 'The name of the channel.' }),
  error: ChannelError,
})
export type ChannelRefusal = Static<typeof ChannelRefusal>

export const SeveralChangesReply = Type.Object({
  channels: Type.Array(Type.Union([ChangesReply, ChannelRefusal]), {
    description: 'For each channel, in the order asked: its changes, or why it could not be read.',
  }),
  signals: Type.Optional(
    Type.Array(Signal, { description: 'With a long-poll that asked for signals: those sent while it waited.' }),
  ),
})
export type SeveralChangesReply = Static<typeof SeveralChangesReply>

/** The body of `POST /v1/changes`. */
export const FollowRequest = Type.Object({
  subs: Type.Record(Type.String(), nullable(Type.String()), {
    description: 'The cursor to continue from, by the name of each channel; null: from now on.',
  }),
})
export type FollowRequest = Static<typeof FollowRequest>
