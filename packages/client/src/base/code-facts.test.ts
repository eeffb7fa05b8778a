import { closeCodes, codes } from 'dovetail-protocol/codes'
import { expect, test } from 'vitest'
import { finalCloses, isCode, mayRetry, serverCloses, statusOf } from './code-facts.ts'
import { DovetailError, type ErrorCode } from './errors.ts'

test("the client's table of error codes equals the protocol's table", () => {
  for (const [code, meaning] of Object.entries(codes)) {
    if (!isCode(code)) throw new Error(`${code} is missing`)
    expect([code, statusOf[code], mayRetry(code)]).toEqual([code, meaning.http, meaning.retry])
  }
  expect(Object.keys(statusOf).length).toBe(Object.keys(codes).length)
  expect(isCode('constructor')).toBe(false)
})

test('[ERR18] an error says by `retryable` what the protocol says of its code; of the codes of the client, `network` alone', () => {
  for (const [code, { retry }] of Object.entries(codes))
    expect([code, new DovetailError(code as ErrorCode, 'x').retryable]).toEqual([code, retry])
  const own: ErrorCode[] = ['network', 'closed', 'aborted', 'misuse', 'outbox_full', 'outcome_unknown']
  expect(own.filter((code) => new DovetailError(code, 'x').retryable)).toEqual(['network'])
})

test("the client trusts exactly the close codes that the protocol's table gives to the server", () => {
  const table = Object.entries(closeCodes).map(([code, { retry }]) => ({ code: Number(code), retry }))
  const own = table.filter(({ code }) => code >= 4000)
  expect(own.filter(({ retry }) => !retry).map(({ code }) => code)).toEqual(finalCloses)
  // A final close code below 4000 says that the client sent something invalid. This client never does, so a proxy
  // made such a close (docs/protocol.md, CLO13).
  expect(table.filter(({ code, retry }) => retry || code >= 4000).map(({ code }) => code)).toEqual(serverCloses)
})
