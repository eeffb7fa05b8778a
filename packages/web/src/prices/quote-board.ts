import type { LiveRecord } from 'dovetail-protocol'
import type { QuoteData } from '../session/data-types.ts'

export interface PricePoint {
  /** Milliseconds since 1970, by the browser's clock. */
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

/** An instrument after a new record of it. */
export function nextQuote(
  before: Quote | undefined,
  { data, rev, updatedAt }: LiveRecord<QuoteData>,
  now: number,
): Quote {
  const { symbol, price } = data
  const points = withPoint(before?.points ?? [], { at: now, price })
  const oldest = points[0]?.price ?? price
  const changePercent = oldest === 0 ? 0 : ((price - oldest) / oldest) * 100
  const direction = before === undefined || price === before.price ? 'same' : price > before.price ? 'up' : 'down'
  return { symbol, price, changePercent, direction, updatedAt: Date.parse(updatedAt), rev, points }
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
