import { expect, test } from 'vitest'
import { sparklinePath } from './sparkline-path.ts'

test('a sparkline of half a rising minute goes from the bottom centre to the top right', () => {
  const points = [
    { at: 0, price: 1 },
    { at: 30_000, price: 2 },
  ]
  expect(sparklinePath(points, 100, 20)).toBe('M50.0 19.0L100.0 1.0')
})

test('a sparkline of a constant price is a line in the middle, of a single point empty', () => {
  const at = (ms: number) => ({ at: ms, price: 5 })
  expect(sparklinePath([at(0), at(60_000)], 100, 20)).toBe('M0.0 10.0L100.0 10.0')
  expect(sparklinePath([at(0)], 100, 20)).toBe('')
})
