import type { LiveRecord } from 'dovetail-protocol'
import { expect, test } from 'vitest'
import type { QuoteData } from '../../session/data-types.ts'
import { nextBoard, nextQuote, type Quote, withPast } from './quote-board.ts'

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

test('a price that has stood for a while has a line at once, of a minute at most', () => {
  expect(nextQuote(undefined, record(1, 5), start + 20_000).points).toEqual([
    { at: start, price: 5 },
    { at: start + 20_000, price: 5 },
  ])
  expect(nextQuote(undefined, record(1, 5), start + 600_000).points[0]?.at).toBe(start + 540_001)
})

test('the minute before the page stands before its own points, and the change is reckoned from its oldest', () => {
  const now = start + 1000
  const board = nextBoard(new Map(), [record(1, 10)], start)
  const past = [
    { at: now - 61_000, price: 1 },
    { at: now - 59_000, price: 8 },
    { at: start - 1000, price: 9 },
    { at: start + 500, price: 10 },
  ]
  const quote = withPast(board, new Map([['ACME', past]]), now).get('ACME')
  expect(quote?.points.map(({ price }) => price)).toEqual([8, 9, 10])
  expect(quote?.changePercent).toBe(25)
})

test('a minute of an instrument that is not on the board changes nothing', () => {
  const board = nextBoard(new Map(), [record(1, 10)], start)
  const next = withPast(board, new Map([['OTHER', [{ at: start - 1000, price: 1 }]]]), start)
  expect([...next]).toEqual([...board])
})
