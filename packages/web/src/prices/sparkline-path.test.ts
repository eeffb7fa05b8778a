import { expect, test } from 'vitest'
import { sparklinePath } from './sparkline-path.ts'

test('half a minute that rises goes from the middle of the bottom to the top right', () => {
  const points = [
    { at: 0, price: 1 },
    { at: 30_000, price: 2 },
  ]
  expect(sparklinePath(points, 100, 20)).toBe('M50.0 19.0L100.0 1.0')
})

test('a price that stays is a line in the middle; one point is none', () => {
  const at = (ms: number) => ({ at: ms, price: 5 })
  expect(sparklinePath([at(0), at(60_000)], 100, 20)).toBe('M0.0 10.0L100.0 10.0')
  expect(sparklinePath([at(0)], 100, 20)).toBe('')
})
