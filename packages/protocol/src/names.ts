/**
 * Names compare byte by byte and are ASCII only, so no two spellings of one name exist
 * (no case folding, no Unicode normal forms). docs/protocol.md, "Names and limits".
 */
export const channelPattern = /^[A-Za-z0-9][A-Za-z0-9_.:~@-]{0,127}$/
export const collectionPattern = /^[a-z][a-z0-9_-]{0,31}$/
export const recordIdPattern = /^[A-Za-z0-9_.:~@-]{1,128}$/
export const userPattern = /^[A-Za-z0-9_.:@+-]{1,128}$/
export const keyPattern = /^[\x21-\x7e]{1,128}$/

/** These stand where a collection stands in a REST path, so they can't be collections. */
const reservedCollections = new Set(['changes', 'signals', 'presence'])

export function isChannelName(value: unknown): value is string {
  return typeof value === 'string' && channelPattern.test(value)
}
export function isCollectionName(value: unknown): value is string {
  return typeof value === 'string' && collectionPattern.test(value) && !reservedCollections.has(value)
}
export function isRecordId(value: unknown): value is string {
  return typeof value === 'string' && recordIdPattern.test(value) && value !== '.' && value !== '..'
}
export function isUserName(value: unknown): value is string {
  return typeof value === 'string' && userPattern.test(value) && value !== '.' && value !== '..'
}
export function isIdempotencyKey(value: unknown): value is string {
  return typeof value === 'string' && keyPattern.test(value)
}

/** The part before the first colon; the whole name where there is none. It picks the channel's policy. */
export function namespaceOf(channel: string): string {
  const colon = channel.indexOf(':')
  return colon < 0 ? channel : channel.slice(0, colon)
}
