import type { Code } from 'dovetail-protocol'

export interface ErrorText {
  /** When this code is the answer. */
  readonly meaning: string
  /** What whoever wrote the client does about it. */
  readonly remedy: string
}

const sendLater = 'Send the same request again after the seconds in `retryAfter` (the header `Retry-After`).'

/** What the page of each error code says to people. */
export const errorTexts = {
  invalid_name: {
    meaning:
      'A channel, a collection, a record id, a user or a key has characters that names may not have, or too many.',
    remedy: 'See “Names” in the protocol for the pattern of each kind of name, and escape names in URLs.',
  },
  invalid_json: {
    meaning: 'The body is not one JSON text, is empty, or is shorter than it says.',
    remedy: 'Send JSON in UTF-8, with the right Content-Length.',
  },
  invalid_cursor: {
    meaning: 'A cursor has a form that this server never gives.',
    remedy: 'Use cursors as they were received, or `0` for the beginning of the log. Never build one.',
  },
  invalid_query: {
    meaning: 'A query parameter is unknown here, or out of its range; or the request itself can not be read.',
    remedy: 'The `detail` names the parameter. `/openapi.json` lists those of each operation, with their ranges.',
  },
  too_deep: {
    meaning: 'The JSON has more levels of objects and lists than the limit `depth`.',
    remedy: 'Flatten the data, or raise the limit on your own server.',
  },
  invalid_text: {
    meaning: 'A text holds half of a surrogate pair, or the character U+0000, which the stores can not keep.',
    remedy: 'Remove the character. Texts that were cut in the middle of an emoji are the usual cause.',
  },
  invalid_data: {
    meaning: 'The data does not fit the schema of its collection, or the body has members that it may not have.',
    remedy: 'Look at `errors`, which lists each fault, with a JSON pointer into the data.',
  },
  too_large: {
    meaning: 'A record, a body, a message or a batch is over its limit.',
    remedy: 'The `detail` names the limit; `GET /v1/limits` tells all of them.',
  },
  unsupported_type: {
    meaning:
      'The body has another media type than `application/json` (or, for a PATCH, `application/merge-patch+json` or `application/json-patch+json`).',
    remedy: 'Set the header Content-Type. Form bodies are never taken.',
  },
  unauthenticated: {
    meaning: 'There is no token where one is needed, or the token is not valid here.',
    remedy:
      'Send `Authorization: Bearer …` with a token that this server’s secret or keys have signed. Get a new one where it was revoked.',
  },
  token_expired: {
    meaning: 'The token was valid, and its time is over.',
    remedy: 'Get a new token and send the request again. The SDK asks `getToken` for it.',
  },
  forbidden: {
    meaning:
      'The caller is known, and may not do this; or the page that asks comes from an origin that is not allowed.',
    remedy: 'Look at the rules of the namespace in the configuration, and at the grants in the token.',
  },
  not_found: {
    meaning:
      'There is no such channel, collection, record, user or address; or there is one that the caller may not know of.',
    remedy: 'Check the name. Of a private channel, only members and those with a grant hear that it exists.',
  },
  method_not_allowed: {
    meaning: 'The address exists, and has no such method.',
    remedy: 'The header `Allow` lists the methods.',
  },
  not_acceptable: {
    meaning: 'The header Accept names no form that this address has.',
    remedy: 'Ask for `application/json`, or for `text/event-stream` where changes are followed.',
  },
  timeout: {
    meaning: 'The request did not arrive whole within its time.',
    remedy: 'Send it again. If this happens often, something between holds uploads back.',
  },
  gone: {
    meaning: 'The record was deleted.',
    remedy: 'Show that it is gone. A PUT on its id brings it back, where the rules allow it.',
  },
  reset: {
    meaning:
      'The log can not be continued from this cursor: it is too old, or of a log that was put back or made anew.',
    remedy:
      'Forget what was read, load the page again, and go on from `cursor`. `reason` tells which of the cases it is.',
  },
  upgrade_required: {
    meaning: 'This address is for WebSockets, and the request is none, or has another version.',
    remedy:
      'Open it as a WebSocket. Where a client did that, a proxy in front has dropped the headers `Upgrade` and `Connection`.',
  },
  headers_too_large: {
    meaning: 'The headers of the request are too large.',
    remedy: 'Send fewer cookies or a shorter token.',
  },
  rev_mismatch: {
    meaning: 'The record has another revision than If-Match or `ifRev` names: somebody has changed it since.',
    remedy: 'Merge with `current`, which is the record as it is now, and send the write again with its revision.',
  },
  exists: {
    meaning: 'The record exists already, and the write was to make it.',
    remedy: 'Take `current`, or write without `If-None-Match: *`.',
  },
  key_reused: {
    meaning: 'The idempotency key was used for a different write.',
    remedy: 'Make a new key for each write, and keep it for retries of that write only.',
  },
  lease_lost: {
    meaning:
      'A worker of a consumer acknowledges, releases or renews what it does not hold any more: its lease ended, another worker has the channels, or the consumer was reset.',
    remedy: 'Drop what is left of that page and ask for the next one. Renew the lease while a page takes long.',
  },
  too_many_subscriptions: {
    meaning: 'The connection follows as many channels as it may.',
    remedy: 'Unsubscribe from some, or open another connection.',
  },
  rate_limited: {
    meaning: 'The caller, or the address, has asked for more than its budget.',
    remedy: `${sendLater} The headers \`RateLimit\` and \`RateLimit-Policy\` tell how much is left.`,
  },
  draining: {
    meaning: 'This node is being shut down.',
    remedy: `${sendLater} Another node, or this one after its restart, answers it.`,
  },
  store_unavailable: {
    meaning: 'The store can not be reached, or has no room to write.',
    remedy: `${sendLater} A write with the same idempotency key is done once. Operators: see \`/readyz\` and the log.`,
  },
  internal: {
    meaning: 'The server has met an error of its own.',
    remedy:
      'Send the request again. If it stays, report it with the `requestId`, under which the server logged the cause.',
  },
} as const satisfies Record<Code, ErrorText>
