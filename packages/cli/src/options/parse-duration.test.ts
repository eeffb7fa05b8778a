import { expect, test } from 'vitest'
import { parseDuration } from './parse-duration.ts'

test.each([
  ['30d', 2_592_000_000],
  ['1h', 3_600_000],
  ['1.5h', 5_400_000],
  ['15m', 900_000],
  ['90s', 90_000],
  ['250ms', 250],
])('%s is %d ms', (text, ms) => {
  expect(parseDuration(text)).toBe(ms)
})

test.each(['', '30', 'd', '-1d', '0s', '1w', '1h30m', ' 1h', '1e3s', '99999999999999d'])(
  '"%s" is not a duration',
  (text) => {
    expect(() => parseDuration(text)).toThrow(/is no duration such as/)
  },
)
