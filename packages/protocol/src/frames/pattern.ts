/** What is asked for and told where all channels of a pattern are followed, over a socket and by REST. */
import Type, { type Static } from 'typebox'
import { nullable } from '../nullable.ts'
import { Change } from '../records/change.ts'
import { ResetReason } from './subscribe.ts'

/** The body of `POST /v1/follow`. */
export const PatternRequest = Type.Object({
  pattern: Type.String({ description: 'The name of a channel, or the beginning of names with a `*` at its end.' }),
  after: Type.Optional(
    nullable(
      Type.String({
        description:
          'The cursor to continue from; null or absent: from now on; `0`: from the beginning of every channel.',
      }),
    ),
  ),
})
export type PatternRequest = Static<typeof PatternRequest>

/** What is new in one of the channels. */
export const FollowedChannel = Type.Object({
  channel: Type.String({ description: 'The name of the channel.' }),
  epoch: Type.String({ description: 'The epoch of the log.' }),
  from: Type.Integer({ description: 'The revision up to which the follower has the log already.' }),
  to: Type.Integer({ description: 'The revision up to which the follower has the log after these changes.' }),
  changes: Type.Array(Change, { description: 'The changes after `from`, in the order of their revisions.' }),
  reset: Type.Optional(ResetReason),
})
export type FollowedChannel = Static<typeof FollowedChannel>

/** The end of one of the channels, for this follower. */
export const FollowedEnd = Type.Object({
  channel: Type.String({ description: 'The name of the channel.' }),
  ended: Type.Union([Type.Literal('deleted'), Type.Literal('forbidden')], {
    description: '`deleted`: the channel was deleted; `forbidden`: the caller may no longer read it.',
  }),
})
export type FollowedEnd = Static<typeof FollowedEnd>

export const PatternReply = Type.Object({
  channels: Type.Array(Type.Union([FollowedChannel, FollowedEnd]), {
    description: 'For each channel with something new: its changes, or its end.',
  }),
  cursor: Type.String({ description: 'The cursor of all channels together to continue from.' }),
  more: Type.Boolean({ description: 'Whether there is more to read at once, from `cursor`.' }),
})
export type PatternReply = Static<typeof PatternReply>
