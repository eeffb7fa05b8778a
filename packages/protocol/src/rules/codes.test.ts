import { expect, test } from 'vitest'
import { type Code, closeCodes, codes, isCode, problemType } from './codes.ts'

/** docs/protocol.md, "Error codes", copied here by hand, so that no code changes unnoticed. */
const byStatus: Record<number, readonly Code[]> = {
  400: ['invalid_cursor', 'invalid_json', 'invalid_name', 'invalid_query', 'too_deep'],
  401: ['token_expired', 'unauthenticated'],
  403: ['forbidden'],
  404: ['not_found'],
  405: ['method_not_allowed'],
  406: ['not_acceptable'],
  408: ['timeout'],
  409: ['key_reused', 'lease_lost'],
  410: ['gone', 'reset'],
  412: ['exists', 'rev_mismatch'],
  413: ['too_large'],
  415: ['unsupported_type'],
  422: ['invalid_data', 'invalid_text'],
  426: ['upgrade_required'],
  429: ['rate_limited', 'too_many_subscriptions'],
  431: ['headers_too_large'],
  500: ['internal'],
  503: ['draining', 'store_unavailable'],
}

test('[ERR10, ERR11, ERR12, ERR13, ERR14, ERR15, ERR16] each error code has the HTTP status of docs/protocol.md, and there is no other code', () => {
  const found: Record<number, string[]> = {}
  for (const [code, { http }] of Object.entries(codes)) found[http] = [...(found[http] ?? []), code].sort()
  expect(found).toEqual(byStatus)
})

test('an error code allows a retry only where the same request may succeed later', () => {
  const again = Object.entries(codes).flatMap(([code, { retry }]) => (retry ? [code] : []))
  expect(again.sort()).toEqual(['draining', 'internal', 'rate_limited', 'store_unavailable', 'timeout'])
})

test('an error code that closes a WebSocket names a close code of the table', () => {
  const closing = Object.entries(codes).flatMap(([code, meaning]) =>
    'close' in meaning ? [[code, meaning.close]] : [],
  )
  expect(closing).toEqual([
    ['unauthenticated', 4401],
    ['token_expired', 4401],
    ['forbidden', 4403],
    ['rate_limited', 4429],
  ])
  for (const [, close] of closing) expect(closeCodes).toHaveProperty(String(close))
})

test('[CLO1, CLO2, CLO3, CLO4, CLO5, CLO6, CLO7, CLO8, CLO9, CLO10, CLO11, CLO12] a client reconnects after the close codes 1001, 1012, 4401, 4408 and 4429 only', () => {
  const back = Object.entries(closeCodes).flatMap(([code, { retry }]) => (retry ? [Number(code)] : []))
  expect(back).toEqual([1001, 1012, 4401, 4408, 4429])
  expect(Object.keys(closeCodes).map(Number)).toEqual([
    1000, 1001, 1002, 1003, 1007, 1008, 1009, 1012, 4400, 4401, 4403, 4408, 4429,
  ])
})

test('isCode accepts the exact names of the table and nothing else', () => {
  expect(isCode('gone')).toBe(true)
  for (const value of ['Gone', '', 'toString', '__proto__', 410, null]) expect(isCode(value)).toBe(false)
})

test('[ERR1] the type of a problem document is the URI of its error code', () => {
  expect(problemType('rev_mismatch')).toBe('/docs/errors/rev_mismatch')
  expect(problemType('rev_mismatch', '/live')).toBe('/live/docs/errors/rev_mismatch')
})
