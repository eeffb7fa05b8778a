import { expect, test } from 'vitest'
import type { QuoteData } from '../../session/data-types.ts'
import { readPast } from './read-past.ts'

function record(points: unknown) {
  const at = '2026-01-01T00:00:00.000Z'
  const data = { symbol: 'ACME', price: 1, points } as QuoteData
  return { id: 'ACME', pos: 1, rev: 1, author: 'feeder', createdAt: at, updatedAt: at, data }
}

test('the points of a minute are read, and what is none is left out', () => {
  const read = (points: unknown) => readPast([record(points)]).get('ACME')
  expect(read([[1, 2], [3], 'x', [4, '5'], [6, 7]])).toEqual([
    { at: 1, price: 2 },
    { at: 6, price: 7 },
  ])
  for (const points of [undefined, null, 'x', {}]) expect(read(points)).toEqual([])
})
