import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { HandClock } from '../simulation/hand-clock.fixture.ts'
import { RateLimit } from './rate-limit.ts'

describe('a rate limit', () => {
  test('gives a burst at once, then so many a second, and says how long to wait', () => {
    const clock = new HandClock()
    const limit = new RateLimit(clock, 10, 3)
    expect([1, 2, 3].map(() => limit.take('a'))).toEqual([0, 0, 0])
    expect(limit.take('a')).toBeCloseTo(0.1)
    clock.spend(99)
    expect(limit.take('a')).toBeGreaterThan(0)
    clock.spend(1.001)
    expect(limit.take('a')).toBe(0)
    expect(limit.take('a')).toBeGreaterThan(0)
  })

  test('keys do not count for each other', () => {
    const limit = new RateLimit(new HandClock(), 1, 1)
    expect([limit.take('a'), limit.take('b'), limit.take('__proto__')]).toEqual([0, 0, 0])
  })

  test('a bucket that was full for long gives one burst and no more', () => {
    const clock = new HandClock()
    const limit = new RateLimit(clock, 10, 3)
    limit.take('a')
    clock.spend(3_600_000)
    expect([1, 2, 3].map(() => limit.take('a'))).toEqual([0, 0, 0])
    expect(limit.take('a')).toBeGreaterThan(0)
  })

  test('many at once cost as many; more than a burst costs a full bucket', () => {
    const clock = new HandClock()
    const limit = new RateLimit(clock, 10, 5)
    expect(limit.take('a', 4)).toBe(0)
    expect(limit.take('a', 2)).toBeCloseTo(0.1)
    clock.spend(10_000)
    expect(limit.take('a', 500)).toBe(0)
    expect(limit.take('a', 500)).toBeCloseTo(0.5)
  })

  test('a caller who waits as long as it was told is admitted, and no window admits more than a burst and its rate', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat({ max: 300 }), { maxLength: 80 }),
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1, max: 20 }),
        (gaps, rate, burst) => {
          const clock = new HandClock()
          const startedAt = clock.monotonic()
          const limit = new RateLimit(clock, rate, burst)
          let taken = 0
          for (const gap of gaps) {
            clock.spend(gap)
            const wait = limit.take('a')
            if (wait === 0) taken++
            else {
              clock.spend(wait * 1000 + 1e-6)
              expect(limit.take('a')).toBe(0)
              taken++
            }
          }
          expect(taken).toBeLessThanOrEqual(burst + ((clock.monotonic() - startedAt) / 1000) * rate + 1e-6)
        },
      ),
      { numRuns: 20 },
    )
  })
})
