import { expect, test } from 'vitest'
import { openLoop } from './open-loop.ts'

test('a delayed sender still sends every message, and lateness counts from the due moment', async () => {
  const sentAt: number[] = []
  const loop = openLoop({
    perSecond: 1000,
    count: 60,
    send: (index) => {
      sentAt.push(performance.now())
      const until = performance.now() + (index === 5 ? 30 : 0)
      while (performance.now() < until);
    },
  })
  await loop.sent
  expect(sentAt).toHaveLength(60)
  expect(loop.intended(50) - loop.intended(0)).toBeCloseTo(50)
  // The sixth held everything up by 30 ms; the next was due 1 ms after it.
  expect((sentAt[6] ?? 0) - loop.intended(6)).toBeGreaterThanOrEqual(28)
})
