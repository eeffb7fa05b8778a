import { expect, test } from 'vitest'
import { HandClock } from '../simulation/hand-clock.fixture.ts'
import { RefusalPace } from './refusal-pace.ts'

function delays(pace: RefusalPace, peer: string, count: number): number[] {
  return Array.from({ length: count }, () => pace.delayOf(peer))
}

test('[LIM38] three hundred refusals are told at once, and fifty a second after that', () => {
  const clock = new HandClock()
  const pace = new RefusalPace(clock)
  expect(new Set(delays(pace, 'mallory', 300))).toEqual(new Set([0]))
  expect(new Set(delays(pace, 'mallory', 100))).toEqual(new Set([500]))
  // Who is slowed down slows down nobody else.
  expect(pace.delayOf('ann')).toBe(0)
  clock.spend(1000)
  expect(delays(pace, 'mallory', 51)).toEqual([...Array(50).fill(0), 500])
})
