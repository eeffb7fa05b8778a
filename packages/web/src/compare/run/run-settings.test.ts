import { expect, test } from 'vitest'
import { defaultSettings, intervals, payloads, rates, ratesWithin } from './run-settings.ts'

test('the default settings are among the choices, and rates stay within a server’s limit', () => {
  expect(rates).toContain(defaultSettings.rate)
  expect(payloads).toContain(defaultSettings.payload)
  expect(intervals).toContain(defaultSettings.intervalMs)
  expect(ratesWithin(200)).toEqual(rates)
  expect(ratesWithin(20).at(-1)).toBe(5)
  expect(ratesWithin(0.1)).toEqual([0.1])
})
