import type { LiveRecord } from 'dovetail-protocol'
import type { QuoteData } from '../../session/data-types.ts'
import type { PastPoints, PricePoint } from './quote-board.ts'

/** Where the feeder keeps the last minute of each instrument. */
export const minuteChannel = 'prices:demo-minute'

/** The points of these records, oldest first: pairs of a time (ms since 1970) and a price. */
export function readPast(records: readonly LiveRecord<QuoteData>[]): PastPoints {
  return new Map(records.map(({ data }) => [data.symbol, pointsOf(data.points)]))
}

/** Any service may write there: what is no point is left out. */
function pointsOf(points: unknown): PricePoint[] {
  if (!Array.isArray(points)) return []
  return points.flatMap((point) => {
    const [at, price] = Array.isArray(point) ? (point as unknown[]) : []
    return typeof at === 'number' && typeof price === 'number' ? [{ at, price }] : []
  })
}
