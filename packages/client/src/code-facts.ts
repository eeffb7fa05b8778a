/**
 * What a client needs of the protocol's table of codes, without the table's words for people: this is
 * loaded by every page. The compiler holds its keys to the table, and code-facts.test.ts its values.
 */
import type { Code } from '@dovetail/protocol'

export const statusOf: Readonly<Record<Code, number>> = {
  invalid_name: 400,
  invalid_json: 400,
  invalid_cursor: 400,
  invalid_query: 400,
  too_deep: 400,
  invalid_text: 422,
  invalid_data: 422,
  too_large: 413,
  unsupported_type: 415,
  unauthenticated: 401,
  token_expired: 401,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  not_acceptable: 406,
  timeout: 408,
  gone: 410,
  reset: 410,
  upgrade_required: 426,
  headers_too_large: 431,
  rev_mismatch: 412,
  exists: 412,
  key_reused: 409,
  too_many_subscriptions: 429,
  rate_limited: 429,
  draining: 503,
  store_unavailable: 503,
  internal: 500,
}

export function isCode(value: unknown): value is Code {
  return typeof value === 'string' && Object.hasOwn(statusOf, value)
}

/** Whether the same request may succeed later: the status tells, but for the limit that only the application can heed. */
export function mayRetry(code: Code): boolean {
  const status = statusOf[code]
  return status >= 500 || status === 408 || code === 'rate_limited'
}

/** Close codes after which coming back is no use. */
export const finalCloses: readonly number[] = [1000, 1002, 1003, 1007, 1008, 1009, 4400, 4403]
