import type { PricePoint } from './board/quote-board.ts'

const minuteMs = 60_000

/** A minute as an SVG path: the newest point at the right edge, the lowest price at the bottom; a constant price in the middle. */
export function sparklinePath(points: readonly PricePoint[], width: number, height: number): string {
  const newest = points.at(-1)
  if (newest === undefined || points.length < 2) return ''
  const prices = points.map(({ price }) => price)
  const low = Math.min(...prices)
  const range = Math.max(...prices) - low
  return points
    .map(({ at, price }, i) => {
      const x = width - ((newest.at - at) / minuteMs) * width
      const y = range === 0 ? height / 2 : height - 1 - ((price - low) / range) * (height - 2)
      return `${i === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`
    })
    .join('')
}
