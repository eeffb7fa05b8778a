import { closeCodes, codes } from '@dovetail/protocol/codes'
import { expect, test } from 'vitest'
import { finalCloses, isCode, mayRetry, statusOf } from './code-facts.ts'

test("the client's facts on codes are the protocol's", () => {
  for (const [code, meaning] of Object.entries(codes)) {
    if (!isCode(code)) throw new Error(`${code} is missing`)
    expect([code, statusOf[code], mayRetry(code)]).toEqual([code, meaning.http, meaning.retry])
  }
  expect(Object.keys(statusOf).length).toBe(Object.keys(codes).length)
  expect(isCode('constructor')).toBe(false)
})

test('and so are those on close codes', () => {
  const final = Object.entries(closeCodes).filter(([, { retry }]) => !retry)
  expect(final.map(([code]) => Number(code))).toEqual(finalCloses)
})
