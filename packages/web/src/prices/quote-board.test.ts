import type { LiveRecord } from 'dovetail-protocol'
import { expect, test } from 'vitest'
import type { QuoteData } from '../session/data-types.ts'
import { nextBoard, nextQuote, type Quote } from './quote-board.ts'

const start = 1_000_000_000_000

function record(rev: number, price: number, symbol = 'ACME'): LiveRecord<QuoteData> {
  const at = new Date(start).toISOString()
  return { id: symbol, pos: 1, rev, author: 'feeder', createdAt: at, updatedAt: at, data: { symbol, price } }
}

function after(prices: number[], stepMs: number): Quote {
  let quote: Quote | undefined
  prices.forEach((price, i) => {
    quote = nextQuote(quote, record(i + 1, price), start + i * stepMs)
  })
  if (quote === undefined) throw new Error('no prices')
  return quote
}

test('a quote’s direction is relative to the previous price, its percentage to a minute ago', () => {
  expect(after([100, 110, 105], 1000)).toMatchObject({ direction: 'down', changePercent: 5 })
  expect(after([100, 100], 1000).direction).toBe('same')
})

test('a quote’s line has one point a second, however fast prices arrive', () => {
  expect(after([1, 2, 3, 4, 5], 200).points.map(({ price }) => price)).toEqual([5])
  expect(after([1, 2, 3], 1000).points).toHaveLength(3)
})

test('a quote forgets points older than a minute', () => {
  const quote = after(
    Array.from({ length: 100 }, (_, i) => i + 1),
    1000,
  )
  expect(quote.points).toHaveLength(60)
  expect(quote.changePercent).toBeCloseTo(((100 - 41) / 41) * 100)
})

test('a board without new records, and an instrument without a change, stay the same object', () => {
  const board = nextBoard(new Map(), [record(1, 5), record(2, 6, 'OTHER')], start)
  expect(nextBoard(board, [record(1, 5), record(2, 6, 'OTHER')], start)).toBe(board)
  const next = nextBoard(board, [record(3, 7), record(2, 6, 'OTHER')], start)
  expect(next.get('OTHER')).toBe(board.get('OTHER'))
  expect(next.get('ACME')?.price).toBe(7)
})
