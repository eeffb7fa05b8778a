/** Which error codes an operation can answer with, derived from its description. */
import type { Code } from 'dovetail-protocol'
import type { Operation } from './operation.ts'

/** Codes of every operation: a forbidden origin, and internal errors. */
const always: readonly Code[] = ['forbidden', 'internal']
/** Codes of operations that check a token; too many refused tokens of one address are rate limited. */
const ofTokens: readonly Code[] = ['unauthenticated', 'token_expired', 'rate_limited']
const ofBodies: readonly Code[] = ['invalid_json', 'too_deep', 'unsupported_type', 'too_large', 'invalid_data']

/** Codes of operations on a channel, which may not exist for the caller. */
export const ofChannels: readonly Code[] = ['invalid_name', 'not_found', 'store_unavailable']
/** Codes of operations that write records. */
export const ofWrites: readonly Code[] = [...ofChannels, 'invalid_text', 'invalid_data', 'too_large', 'key_reused']
export const ofPreconditions: readonly Code[] = ['rev_mismatch', 'exists']
/** Codes of operations that follow changes. */
export const ofFollowing: readonly Code[] = [
  ...ofChannels,
  'invalid_query',
  'invalid_cursor',
  'reset',
  'not_acceptable',
  'draining',
]

/** All error codes of an operation, in alphabetical order. */
export function refusalsOf({ caller, body, refusals }: Pick<Operation, 'caller' | 'body' | 'refusals'>): Code[] {
  const all = [
    ...always,
    ...(caller === 'nobody' ? [] : ofTokens),
    ...(body === undefined ? [] : ofBodies),
    ...refusals,
  ]
  return [...new Set(all)].sort()
}
