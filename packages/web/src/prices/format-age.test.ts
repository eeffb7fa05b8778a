import { expect, test } from 'vitest'
import { formatAge } from './format-age.ts'

test.each([
  [-5, '0 ms'],
  [0, '0 ms'],
  [9999, '9,999 ms'],
  [10_000, '10 s'],
  [59_999, '59 s'],
  [60_000, '1 min'],
  [3_600_000, '1 h'],
  [200_000_000, '2 d'],
])('an age of %d ms is shown as %s', (ms, text) => {
  expect(formatAge(ms)).toBe(text)
})
