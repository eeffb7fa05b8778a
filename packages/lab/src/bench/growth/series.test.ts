import { expect, test } from 'vitest'
import { growthRow, inShort } from './series.ts'

test('a row has the worst of all sizes, and every value', () => {
  const row = growthRow({
    over: 'channels',
    title: 'CPU of a delivery',
    unit: 'µs',
    limit: 1.3,
    values: [
      { size: 1, value: 10 },
      { size: 100, value: 15 },
      { size: 5000, value: 12 },
    ],
  })
  expect(row).toMatchObject({ value: 1.5, unit: 'times', limit: 1.3 })
  expect(row.detail).toBe('1: 10 µs, 100: 15 µs, 5k: 12 µs')
})

test('sizes are short', () => {
  expect([1, 999, 1000, 10_000_000].map(inShort)).toEqual(['1', '999', '1k', '10M'])
})
