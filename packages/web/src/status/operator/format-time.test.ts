import { expect, test } from 'vitest'
import { formatAge, secondsBetween } from './format-time.ts'

test.each([
  [-1, '0 s'],
  [0.4, '0 s'],
  [59.9, '59 s'],
  [60, '1 min'],
  [7199, '1 h'],
  [200_000, '2 d'],
])('%d seconds are %s', (seconds, text) => {
  expect(formatAge(seconds)).toBe(text)
})

test('the seconds between two dates', () => {
  expect(secondsBetween('2026-01-01T00:00:00.000Z', '2026-01-01T00:01:30.500Z')).toBe(90.5)
})
