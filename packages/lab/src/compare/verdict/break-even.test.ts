import fc from 'fast-check'
import { expect, test } from 'vitest'
import { costAt, equalIntervalMs, pushPays } from './break-even.ts'

/** Zero, or no smaller than a cost can be and still differ from it: quotients of subnormal numbers have no digits left. */
const amount = fc.oneof(fc.constant(0), fc.double({ min: 0.001, max: 1000, noNaN: true }))
const line = fc.record({ idle: amount, perEventSecond: amount })

test('on the side of the break-even rate where push pays, push is never more expensive', () => {
  fc.assert(
    fc.property(line, line, fc.double({ min: 0, max: 1e6, noNaN: true }), (push, poll, rate) => {
      const pays = pushPays(push, poll)
      const saved = costAt(poll, rate) - costAt(push, rate)
      // Sums of doubles: equal to about fifteen digits of the larger one.
      const blur = 1e-9 * (1 + costAt(poll, rate) + costAt(push, rate))
      const isSaving =
        pays.pays === 'always' ||
        (pays.pays === 'from' && rate > pays.eventsPerSecond) ||
        (pays.pays === 'upTo' && rate < pays.eventsPerSecond)
      expect(isSaving ? saved >= -blur : saved <= blur).toBe(true)
    }),
  )
})

test('at the break-even rate polling and push cost the same', () => {
  fc.assert(
    fc.property(line, line, (push, poll) => {
      const pays = pushPays(push, poll)
      if (!('eventsPerSecond' in pays) || !Number.isFinite(pays.eventsPerSecond) || pays.eventsPerSecond > 1e9) return
      const [a, b] = [costAt(push, pays.eventsPerSecond), costAt(poll, pays.eventsPerSecond)]
      expect(Math.abs(a - b)).toBeLessThanOrEqual(1e-6 * (1 + a + b))
    }),
  )
})

test('polling at the break-even interval costs the same as push', () => {
  fc.assert(
    fc.property(line, line, fc.integer({ min: 10, max: 60_000 }), amount, (push, poll, intervalMs, rate) => {
      const found = equalIntervalMs(push, poll, intervalMs, rate)
      if (found === null || !Number.isFinite(found)) return
      const idle = (poll.idle * intervalMs) / found
      const [a, b] = [costAt(push, rate), idle + poll.perEventSecond * rate]
      expect(Math.abs(a - b)).toBeLessThanOrEqual(1e-6 * (1 + a + b))
    }),
  )
})

test('two cost lines give their known break-even rate', () => {
  expect(pushPays({ idle: 1, perEventSecond: 1 }, { idle: 5, perEventSecond: 3 })).toEqual({ pays: 'always' })
  expect(pushPays({ idle: 5, perEventSecond: 3 }, { idle: 1, perEventSecond: 1 })).toEqual({ pays: 'never' })
  expect(pushPays({ idle: 5, perEventSecond: 1 }, { idle: 1, perEventSecond: 3 })).toEqual({
    pays: 'from',
    eventsPerSecond: 2,
  })
  expect(pushPays({ idle: 1, perEventSecond: 3 }, { idle: 5, perEventSecond: 1 })).toEqual({
    pays: 'upTo',
    eventsPerSecond: 2,
  })
})
