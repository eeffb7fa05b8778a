import { expect, test } from 'vitest'
import { PriceMinutes } from './price-minutes.ts'

test('a minute has one point a second, the last of it, and forgets what is older', () => {
  const minutes = new PriceMinutes()
  for (let ms = 0; ms < 90_000; ms += 250) minutes.note([{ symbol: 'OAKS', price: ms }], ms)
  const [minute] = minutes.due(90_000)
  expect(minute).toMatchObject({ symbol: 'OAKS', price: 89_750 })
  expect(minute?.points).toHaveLength(60)
  expect(minute?.points[0]).toEqual([30_750, 30_750])
  expect(minute?.points.at(-1)).toEqual([89_750, 89_750])
})

test('the minutes are written every two seconds', () => {
  const minutes = new PriceMinutes()
  minutes.note([{ symbol: 'OAKS', price: 1 }], 0)
  expect(minutes.due(0)).toHaveLength(1)
  expect(minutes.due(1999)).toEqual([])
  expect(minutes.due(2000)).toHaveLength(1)
})
