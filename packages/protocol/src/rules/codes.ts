/**
 * The closed table of errors: every error of every transport is one of these, and each transport translates it by this
 * table alone (docs/protocol.md, "Error codes").
 */

/** What a code means on each transport: `http` is the status of a reply. */
export interface CodeDefinition {
  readonly http: number
  readonly title: string
  /** Whether the same request may succeed later. */
  readonly retry: boolean
  /** The close code of a WebSocket whose `hello` is refused with this code; absent: the WebSocket stays open. */
  readonly close?: 4401 | 4403 | 4429
}

export const codes = {
  invalid_name: { http: 400, title: 'A name is not allowed', retry: false },
  invalid_json: { http: 400, title: 'The body is not JSON', retry: false },
  invalid_cursor: { http: 400, title: 'The cursor is malformed', retry: false },
  invalid_query: { http: 400, title: 'A parameter is out of its range', retry: false },
  too_deep: { http: 400, title: 'The JSON is nested too deep', retry: false },
  invalid_text: { http: 422, title: 'The text is not storable Unicode', retry: false },
  invalid_data: { http: 422, title: 'The data does not fit its schema', retry: false },
  too_large: { http: 413, title: 'The data is too large', retry: false },
  unsupported_type: { http: 415, title: 'The content type is not supported', retry: false },
  unauthenticated: { http: 401, title: 'A valid token is needed', retry: false, close: 4401 },
  token_expired: { http: 401, title: 'The token has expired', retry: false, close: 4401 },
  forbidden: { http: 403, title: 'This is not allowed', retry: false, close: 4403 },
  not_found: { http: 404, title: 'There is no such thing', retry: false },
  method_not_allowed: { http: 405, title: 'The method is not allowed here', retry: false },
  not_acceptable: { http: 406, title: 'No such representation', retry: false },
  timeout: { http: 408, title: 'The request took too long to arrive', retry: true },
  gone: { http: 410, title: 'The record was deleted', retry: false },
  reset: { http: 410, title: 'The cursor can not be continued', retry: false },
  upgrade_required: { http: 426, title: 'Another protocol is spoken here', retry: false },
  headers_too_large: { http: 431, title: 'The headers are too large', retry: false },
  rev_mismatch: { http: 412, title: 'The record has another revision', retry: false },
  exists: { http: 412, title: 'The record exists already', retry: false },
  key_reused: { http: 409, title: 'The idempotency key was used for another write', retry: false },
  lease_lost: { http: 409, title: 'Another worker has the channels of this lease', retry: false },
  too_many_subscriptions: { http: 429, title: 'Too many subscriptions', retry: false },
  rate_limited: { http: 429, title: 'Too many requests', retry: true, close: 4429 },
  draining: { http: 503, title: 'The server is shutting down', retry: true },
  store_unavailable: { http: 503, title: 'The store can not be reached', retry: true },
  internal: { http: 500, title: 'Something went wrong here', retry: true },
} as const satisfies Record<string, CodeDefinition>

export type Code = keyof typeof codes

/** The WebSocket close codes that a Dovetail server sends, and whether a client should reconnect. */
export const closeCodes = {
  1000: { meaning: 'done', retry: false },
  1001: { meaning: 'server going away', retry: true },
  1002: { meaning: 'broken framing', retry: false },
  1003: { meaning: 'a binary message', retry: false },
  1007: { meaning: 'not UTF-8', retry: false },
  1008: { meaning: 'too many fragments', retry: false },
  1009: { meaning: 'message over the limit', retry: false },
  1012: { meaning: 'restart', retry: true },
  4400: { meaning: 'not a command', retry: false },
  4401: { meaning: 'no valid token', retry: true },
  4403: { meaning: 'this user is not allowed', retry: false },
  4408: { meaning: 'the peer stopped answering or reading', retry: true },
  4429: { meaning: 'too many commands or connections', retry: true },
} as const satisfies Record<number, { meaning: string; retry: boolean }>

export type CloseCode = keyof typeof closeCodes

export function isCode(value: unknown): value is Code {
  return typeof value === 'string' && Object.hasOwn(codes, value)
}

/**
 * The `type` member of a problem document for this code: a page of the server itself, as a path from the root of its
 * origin (RFC 9457, section 3.1.1). `basePath`: what stands in front of the server's own paths.
 */
export function problemType(code: Code, basePath = ''): string {
  return `${basePath}/docs/errors/${code}`
}
