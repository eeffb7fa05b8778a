import type { Quote } from './random-walk.ts'

/** A price, and when it was quoted, in ms since 1970. An array, since sixty of them stand in a record. */
export type PricePoint = readonly [at: number, price: number]

const minuteMs = 60_000
const pointMs = 1000
/** How often the minutes are written. What is quoted in between, a page has from the feed itself. */
const everyMs = 2000

/** The last minute of each instrument, at most one point a second, so that a page that opens has a line to draw. */
export class PriceMinutes {
  readonly #points = new Map<string, PricePoint[]>()
  #writtenAt = Number.NEGATIVE_INFINITY

  note(quotes: readonly Quote[], at: number): void {
    for (const { symbol, price } of quotes) {
      const points = this.#points.get(symbol) ?? []
      this.#points.set(symbol, points)
      const last = points.at(-1)
      if (last !== undefined && Math.floor(last[0] / pointMs) === Math.floor(at / pointMs)) points.pop()
      points.push([at, price])
      while (at - (points[0]?.[0] ?? at) >= minuteMs) points.shift()
    }
  }

  /** The minutes to write now; none where they were written a moment ago. */
  due(at: number): { symbol: string; price: number; points: readonly PricePoint[] }[] {
    if (at - this.#writtenAt < everyMs) return []
    this.#writtenAt = at
    return [...this.#points].map(([symbol, points]) => ({
      symbol,
      price: points.at(-1)?.[1] ?? 0,
      points: [...points],
    }))
  }
}
