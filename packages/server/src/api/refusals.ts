/** Which codes an operation answers with, by what it does. */
import type { Code } from '@dovetail/protocol'
import type { Operation } from './operation.ts'

/** Any request: an origin that is not allowed, and our own faults. */
const always: readonly Code[] = ['forbidden', 'internal']
/** Where a token is looked at; too many bad ones from an address are slowed down. */
const ofTokens: readonly Code[] = ['unauthenticated', 'token_expired', 'rate_limited']
const ofBodies: readonly Code[] = ['invalid_json', 'too_deep', 'unsupported_type', 'too_large', 'invalid_data']

/** A channel is named, and may be unknown to the caller. */
export const ofChannels: readonly Code[] = ['invalid_name', 'not_found', 'store_unavailable']
/** Records are written. */
export const ofWrites: readonly Code[] = [...ofChannels, 'invalid_text', 'invalid_data', 'too_large', 'key_reused']
export const ofPreconditions: readonly Code[] = ['rev_mismatch', 'exists']
/** Changes are read on. */
export const ofFollowing: readonly Code[] = [
  ...ofChannels,
  'invalid_query',
  'invalid_cursor',
  'reset',
  'not_acceptable',
  'draining',
]

/** All of an operation's codes, in alphabetical order. */
export function refusalsOf({ caller, body, refusals }: Operation): Code[] {
  const all = [
    ...always,
    ...(caller === 'nobody' ? [] : ofTokens),
    ...(body === undefined ? [] : ofBodies),
    ...refusals,
  ]
  return [...new Set(all)].sort()
}
