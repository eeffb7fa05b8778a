import type { LiveRecord } from '@dovetail/protocol'
import type { QuoteData } from '../session/data-types.ts'

export interface PricePoint {
  /** Milliseconds since 1970, here. */
  at: number
  price: number
}

/** One instrument, as the board shows it. Another object whenever something changed. */
export interface Quote {
  symbol: string
  price: number
  /** Against the price of a minute ago, or the oldest that is known, in percent. */
  changePercent: number
  /** Against the price before. */
  direction: 'up' | 'down' | 'same'
  /** When the server took it, ms since 1970. */
  updatedAt: number
  rev: number
  /** The last minute, oldest first, a point a second at most. */
  points: readonly PricePoint[]
}

const minuteMs = 60_000
const pointMs = 1000

/** What is shown of one instrument after a record of it. */
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

/** The newest point takes the place of the one before within the same second: a fast feed draws no longer line. */
function withPoint(points: readonly PricePoint[], point: PricePoint): PricePoint[] {
  const recent = points.filter(({ at }) => point.at - at < minuteMs)
  const last = recent.at(-1)
  const sameSecond = last !== undefined && Math.floor(last.at / pointMs) === Math.floor(point.at / pointMs)
  return [...(sameSecond ? recent.slice(0, -1) : recent), point]
}

/** The board after new records; the same one where nothing is new. */
export function nextBoard(
  board: ReadonlyMap<string, Quote>,
  records: readonly LiveRecord<QuoteData>[],
  now: number,
): ReadonlyMap<string, Quote> {
  const news = records.filter(({ data, rev }) => board.get(data.symbol)?.rev !== rev)
  if (news.length === 0) return board
  const next = new Map(board)
  for (const record of news) next.set(record.data.symbol, nextQuote(board.get(record.data.symbol), record, now))
  return next
}
