/**
 * `follow` follows all channels of a pattern from one cursor. Its events `followed` each have what is new in some of the
 * channels; `unfollowed` says that nothing more of the pattern comes.
 */
import Type, { type Static } from 'typebox'
import { command, event, maxBytes } from './frame.ts'
import { PatternReply, PatternRequest } from './pattern.ts'

const pattern = Type.String({ description: 'The pattern, as the command `follow` gave it.' })

export const Follow = command('follow', {
  ...PatternRequest.properties,
  limit: Type.Optional(Type.Integer({ minimum: 1, description: 'The most changes of one event, up to `changes`.' })),
  maxBytes,
})
export type Follow = Static<typeof Follow>

export const Unfollow = command('unfollow', { pattern })
export type Unfollow = Static<typeof Unfollow>

export const PatternFollowed = event('followed', { pattern, ...PatternReply.properties })
export type PatternFollowed = Static<typeof PatternFollowed>

export const UnfollowedReason = Type.Union([Type.Literal('forbidden'), Type.Literal('too_many_subscriptions')], {
  description:
    'Why the following ended. `forbidden`: the caller may no longer follow patterns; `too_many_subscriptions`: the pattern has more channels than one cursor holds.',
})
export type UnfollowedReason = Static<typeof UnfollowedReason>

export const PatternUnfollowed = event('unfollowed', { pattern, reason: UnfollowedReason })
export type PatternUnfollowed = Static<typeof PatternUnfollowed>
