import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SeededRandom } from '../random/seeded-random.ts'
import { poissonArrivals, steadyArrivals } from './arrivals.ts'

const seeds = fc.integer({ min: 0, max: 1e6 })
const rates = fc.double({ min: 0.01, max: 500, noNaN: true })
const times = fc.integer({ min: 1, max: 20_000 })

test('arrivals are in order and within the duration, and there is at least one', () => {
  fc.assert(
    fc.property(seeds, rates, times, (seed, perSecond, durationMs) => {
      for (const moments of [
        poissonArrivals(new SeededRandom(seed), perSecond, durationMs),
        steadyArrivals(perSecond, durationMs),
      ]) {
        expect(moments.length).toBeGreaterThan(0)
        expect([...moments].sort((a, b) => a - b)).toEqual(moments)
        expect(moments.every((ms) => ms >= 0 && ms < durationMs)).toBe(true)
      }
    }),
    { numRuns: 50 },
  )
})

test('random arrivals have the asked mean rate, and gaps as uneven as an exponential distribution makes them', () => {
  const moments = poissonArrivals(new SeededRandom(5), 100, 100_000)
  const pauses = moments.slice(1).map((ms, index) => ms - (moments[index] ?? 0))
  const mean = pauses.reduce((sum, ms) => sum + ms, 0) / pauses.length
  const deviation = Math.sqrt(pauses.reduce((sum, ms) => sum + (ms - mean) ** 2, 0) / pauses.length)
  // Of ten thousand pauses, both are 10 ms to within a few hundredths of it.
  expect(mean).toBeCloseTo(10, 0)
  expect(deviation).toBeCloseTo(10, 0)
})

test('steady arrivals are evenly spaced', () => {
  expect(steadyArrivals(10, 500)).toEqual([50, 150, 250, 350, 450])
  // What would fall on the end, or behind it, is left out.
  expect(steadyArrivals(25, 60)).toEqual([20])
  expect(steadyArrivals(30, 10_000)).toHaveLength(300)
})
