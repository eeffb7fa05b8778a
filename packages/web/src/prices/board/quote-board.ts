import type { LiveRecord } from 'dovetail-protocol'
import type { QuoteData } from '../../session/data-types.ts'

export interface PricePoint {
  /** Milliseconds since 1970, by the server's clock. */
  at: number
  price: number
}

/** One instrument as the board shows it; a new object whenever something changed. */
export interface Quote {
  symbol: string
  price: number
  /** Change in percent from the price a minute ago, or from the oldest known. */
  changePercent: number
  /** Compared with the previous price. */
  direction: 'up' | 'down' | 'same'
  /** When the server stored the price, in ms since 1970. */
  updatedAt: number
  rev: number
  /** The last minute, oldest first, at most one point a second. */
  points: readonly PricePoint[]
}

const minuteMs = 60_000
const pointMs = 1000

/** What the server has of the minute before the page was opened, by symbol. */
export type PastPoints = ReadonlyMap<string, readonly PricePoint[]>

/** An instrument after a new record of it. `now` is the server's clock. */
export function nextQuote(
  before: Quote | undefined,
  { data, rev, updatedAt }: LiveRecord<QuoteData>,
  now: number,
): Quote {
  const { symbol, price } = data
  const points = withPoint(before?.points ?? heldPoint(price, Date.parse(updatedAt), now), { at: now, price })
  const changePercent = changeOf(points, price)
  const direction = before === undefined || price === before.price ? 'same' : price > before.price ? 'up' : 'down'
  return { symbol, price, changePercent, direction, updatedAt: Date.parse(updatedAt), rev, points }
}

/** A price that has stood for a while has a line from the first moment: it was the same all the time. */
function heldPoint(price: number, since: number, now: number): PricePoint[] {
  return now - since < pointMs ? [] : [{ at: Math.max(since, now - minuteMs + 1), price }]
}

/** The board with the points before its own; the same object if there are none. */
export function withPast(board: ReadonlyMap<string, Quote>, past: PastPoints, now: number): ReadonlyMap<string, Quote> {
  const next = new Map(board)
  for (const [symbol, points] of past) {
    const quote = board.get(symbol)
    const seenSince = quote?.points[0]?.at ?? now
    const earlier = points.filter(({ at }) => now - at < minuteMs && at < seenSince)
    if (quote === undefined || earlier.length === 0) continue
    const all = [...earlier, ...quote.points]
    next.set(symbol, { ...quote, points: all, changePercent: changeOf(all, quote.price) })
  }
  return next.size === 0 ? board : next
}

function changeOf(points: readonly PricePoint[], price: number): number {
  const oldest = points[0]?.price ?? price
  return oldest === 0 ? 0 : ((price - oldest) / oldest) * 100
}

/** Within one second, a newer point replaces the one before: a fast feed draws no longer line. */
function withPoint(points: readonly PricePoint[], point: PricePoint): PricePoint[] {
  const recent = points.filter(({ at }) => point.at - at < minuteMs)
  const last = recent.at(-1)
  const sameSecond = last !== undefined && Math.floor(last.at / pointMs) === Math.floor(point.at / pointMs)
  return [...(sameSecond ? recent.slice(0, -1) : recent), point]
}

/** The board after these records; the same object if none of them is new. */
export function nextBoard(
  board: ReadonlyMap<string, Quote>,
  records: readonly LiveRecord<QuoteData>[],
  now: number,
): ReadonlyMap<string, Quote> {
  const changed = records.filter(({ data, rev }) => board.get(data.symbol)?.rev !== rev)
  if (changed.length === 0) return board
  const next = new Map(board)
  for (const record of changed) next.set(record.data.symbol, nextQuote(board.get(record.data.symbol), record, now))
  return next
}
