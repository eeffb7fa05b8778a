import { expect, test } from 'vitest'
import { firstSettings, intervals, payloads, rates, ratesWithin } from './race-settings.ts'

test('the first settings can be chosen, and no rate is more than a server’s limit leaves room for', () => {
  expect(rates).toContain(firstSettings.rate)
  expect(payloads).toContain(firstSettings.payload)
  expect(intervals).toContain(firstSettings.intervalMs)
  expect(ratesWithin(200)).toEqual(rates)
  expect(ratesWithin(20).at(-1)).toBe(5)
  expect(ratesWithin(0.1)).toEqual([0.1])
})
