import type { SeededRandom } from '../random/seeded-random.ts'

/** Moments in ms below `durationMs`, at random with this mean rate: what independent people do. At least one. */
export function poissonArrivals(random: SeededRandom, perSecond: number, durationMs: number): number[] {
  const moments: number[] = []
  for (let at = nextGapMs(random, perSecond); at < durationMs; at += nextGapMs(random, perSecond)) moments.push(at)
  return moments.length === 0 ? [durationMs / 2] : moments
}

/** Moments at an even distance, the first after half of it. At least one. */
export function steadyArrivals(perSecond: number, durationMs: number): number[] {
  const everyMs = 1000 / perSecond
  // The quotient of two doubles may fall short of a whole number by its last digit.
  const count = Math.max(1, Math.floor(durationMs / everyMs + 1e-9))
  return Array.from({ length: count }, (_, index) =>
    Math.min((index + 0.5) * everyMs, durationMs / 2 + index * everyMs),
  )
}

/** Milliseconds until the next one. */
export function nextGapMs(random: SeededRandom, perSecond: number): number {
  return (-Math.log(1 - random.next()) * 1000) / perSecond
}
