/** Patterns of channels: a name, or the beginning of names with a `*` behind it. */
import { isChannelName, userOfOwnFeed } from 'dovetail-protocol'
import { policyOf } from '../access/address.ts'
import type { AccessContext } from '../access/context.ts'
import { Failure } from '../rules/failure.ts'

export interface ChannelPattern {
  /** As it was given. */
  readonly text: string
  /** What every name that matches begins with. */
  readonly prefix: string
  /** Whether `prefix` is the one name that matches. */
  readonly isName: boolean
}

/** Throws `invalid_name`, and `not_found` where the pattern names a namespace that is not there or is of own feeds. */
export function parsePattern(core: Pick<AccessContext, 'policies'>, text: string): ChannelPattern {
  const isName = !text.endsWith('*')
  const prefix = isName ? text : text.slice(0, -1)
  if (!isChannelName(prefix) && (isName || prefix !== ''))
    throw new Failure(
      'invalid_name',
      'A pattern is the name of a channel, or the beginning of names and a "*" at its end, such as "project:*".',
    )
  if (userOfOwnFeed(prefix) !== null) throw new Failure('not_found', 'Own feeds can not be followed by a pattern.')
  if (hasNamespace({ prefix, isName })) policyOf(core, prefix)
  return { text, prefix, isName }
}

/** Whether all channels of the pattern are of one namespace. */
export function hasNamespace({ prefix, isName }: Pick<ChannelPattern, 'prefix' | 'isName'>): boolean {
  return isName || prefix.includes(':')
}

export function matchesPattern({ prefix, isName }: ChannelPattern, channel: string): boolean {
  return isName ? channel === prefix : channel.startsWith(prefix) && userOfOwnFeed(channel) === null
}
