/**
 * The patterns of names (docs/protocol.md, "Names and limits"). Names are ASCII only and are compared byte by byte, so
 * that no name has two spellings: there is no case folding and no Unicode normalisation.
 */
export const channelPattern = /^[A-Za-z0-9][A-Za-z0-9_.:~@-]{0,127}$/
export const collectionPattern = /^[a-z][a-z0-9_-]{0,31}$/
export const recordIdPattern = /^[A-Za-z0-9_.:~@-]{1,128}$/
export const userPattern = /^[A-Za-z0-9_.:@+-]{1,128}$/
/** The id that a reader without a connection of its own gives itself, for its presence. */
export const clientPattern = /^[A-Za-z0-9_.:~-]{1,64}$/
export const signalTypePattern = /^[A-Za-z0-9_.:-]{1,64}$/
/** The beginning of a name of any kind. */
export const nameBeginningPattern = /^[A-Za-z0-9_.:~@+-]{0,128}$/
/** The name of a consumer, and that of a worker. */
export const consumerPattern = /^[A-Za-z0-9_.-]{1,64}$/
export const fileIdPattern = /^[0-9a-f]{32}$/
export const keyPattern = /^[\x21-\x7e]{1,128}$/

/** As above, without the names that a REST path has in the place of a collection. */
const freeCollectionPattern = /^(?!(changes|signals|presence|files)$)[a-z][a-z0-9_-]{0,31}$/

export function isChannelName(value: unknown): value is string {
  return typeof value === 'string' && channelPattern.test(value)
}
export function isCollectionName(value: unknown): value is string {
  return typeof value === 'string' && freeCollectionPattern.test(value)
}
export function isRecordId(value: unknown): value is string {
  return typeof value === 'string' && recordIdPattern.test(value) && value !== '.' && value !== '..'
}
export function isUserName(value: unknown): value is string {
  return typeof value === 'string' && userPattern.test(value) && value !== '.' && value !== '..'
}
export function isConsumerName(value: unknown): value is string {
  return typeof value === 'string' && consumerPattern.test(value) && value !== '.' && value !== '..'
}
export function isIdempotencyKey(value: unknown): value is string {
  return typeof value === 'string' && keyPattern.test(value)
}

/** The part before the first colon, or the whole name where there is no colon. It selects the channel's policy. */
export function namespaceOf(channel: string): string {
  const colon = channel.indexOf(':')
  return colon < 0 ? channel : channel.slice(0, colon)
}

/** What traces name a channel by, such as `chat:{name}`: the rest of its name may name users. */
export function channelTemplate(channel: string): string {
  const namespace = namespaceOf(channel)
  return namespace === channel ? channel : `${namespace}:{name}`
}

const ownFeedPrefix = 'me:'

/** User names may hold `+`, which channels and record ids may not; those may hold `~`, which stands for it. */
export function memberRecordId(user: string): string {
  return user.replaceAll('+', '~')
}

/** The user whose membership the record with this id is. */
export function userOfMemberRecord(id: string): string {
  return id.replaceAll('~', '+')
}

/** The channel of the user's own feed (docs/protocol.md, "The feed of one's own"); null: the name is too long for one. */
export function ownFeedOf(user: string): string | null {
  const channel = ownFeedPrefix + memberRecordId(user)
  return isChannelName(channel) ? channel : null
}

/** The user whose own feed the channel is; null: it is another kind of channel. */
export function userOfOwnFeed(channel: string): string | null {
  return channel.startsWith(ownFeedPrefix) ? userOfMemberRecord(channel.slice(ownFeedPrefix.length)) : null
}
