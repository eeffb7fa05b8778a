/**
 * The part of the protocol's table of error codes that a client needs. It leaves out the titles for people, so that
 * pages do not load them. The compiler checks the keys against that table, and code-facts.test.ts checks the values.
 */
import type { Code } from 'dovetail-protocol'

export const statusOf: Readonly<Record<Code, number>> = {
  invalid_cursor: 400,
  invalid_json: 400,
  invalid_name: 400,
  invalid_query: 400,
  too_deep: 400,
  token_expired: 401,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  not_acceptable: 406,
  timeout: 408,
  key_reused: 409,
  lease_lost: 409,
  gone: 410,
  reset: 410,
  exists: 412,
  rev_mismatch: 412,
  too_large: 413,
  unsupported_type: 415,
  invalid_data: 422,
  invalid_text: 422,
  upgrade_required: 426,
  rate_limited: 429,
  too_many_subscriptions: 429,
  headers_too_large: 431,
  internal: 500,
  draining: 503,
  store_unavailable: 503,
}

export function isCode(value: unknown): value is Code {
  return typeof value === 'string' && Object.hasOwn(statusOf, value)
}

/** Whether the same request may succeed later. The status says so, except for the two kinds of 429: `too_many_subscriptions` is up to the application. */
export function mayRetry(code: Code): boolean {
  const status = statusOf[code]
  return status >= 500 || status === 408 || code === 'rate_limited'
}

/** Close codes with which the server refuses this client for good. */
export const finalCloses: readonly number[] = [4400, 4403]

/** Close codes that only the server sends, with a known meaning. Any other close counts as a cut connection (docs/protocol.md, CLO13). */
export const serverCloses: readonly number[] = [1001, 1012, 4400, 4401, 4403, 4408, 4429]
