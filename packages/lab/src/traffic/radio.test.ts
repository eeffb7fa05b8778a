import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ClientTraffic } from './client-traffic.ts'
import { radioModel, radioUse } from './radio.ts'
import { Traffic } from './traffic.ts'

const { tailMs } = radioModel

test('the radio wakes for a packet that comes later than its tail, and is on for the tail after it', () => {
  const minute = 60_000
  expect(radioUse([10_000], 0, minute)).toEqual({ wakeUps: 1, onMs: tailMs })
  // The second comes while it is on, the third after it went off.
  expect(radioUse([10_000, 15_000, 40_000], 0, minute)).toEqual({ wakeUps: 2, onMs: 5000 + 2 * tailMs })
  expect(radioUse([], 0, minute)).toEqual({ wakeUps: 0, onMs: 0 })
})

test('polls that come sooner than the tail keep the radio on without end, and it wakes no more', () => {
  const everyFive = Array.from({ length: 12 }, (_, index) => 2500 + index * 5000)
  expect(radioUse(everyFive, 0, 60_000)).toEqual({ wakeUps: 0, onMs: 60_000 })
  // What was before the time does not count: a connection that was opened and is silent.
  expect(radioUse([-5, -3], 0, 60_000)).toEqual({ wakeUps: 0, onMs: 0 })
})

test('the radio is on no longer than the time, and wakes no more often than there are packets', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 120_000 })), (times) => {
      const { wakeUps, onMs } = radioUse(
        [...new Set(times)].sort((a, b) => a - b),
        0,
        120_001,
      )
      expect(onMs).toBeLessThanOrEqual(120_001)
      expect(wakeUps).toBeLessThanOrEqual(times.length)
      expect(onMs).toBeGreaterThanOrEqual(Math.min(120_001, wakeUps * tailMs))
    }),
  )
})

test('what one client carries counts for all, and its packets have the times at which they went', () => {
  const all = new Traffic()
  let at = 100.2
  const client = new ClientTraffic(all, () => at)
  client.countBytes('up', 10)
  client.countBytes('down', 20)
  at = 350
  client.countBytes('down', 30)
  client.count('requests')
  expect(client.packetsAt).toEqual([100, 350])
  expect(all.figures()).toMatchObject({ up: { total: 10 }, down: { total: 50 }, requests: 1 })
})
