import { expect, test } from 'vitest'
import { PauseWatch } from './pause-watch.ts'

/** A watch whose timer fires at these moments. */
function watched(...ticks: readonly number[]) {
  const clock = { at: 0 }
  const watch = new PauseWatch(() => clock.at)
  for (const at of ticks) {
    clock.at = at
    watch.tick()
  }
  return watch
}

test('[N34] a process that was stopped for 2 s has a pause of 2 s, in the time that it touches and in no other', () => {
  const watch = watched(20, 40, 2040, 2060, 3000)
  expect([watch.longestBetween(0, 30), watch.longestBetween(1000, 1100), watch.longestBetween(2050, 2055)]).toEqual([
    0, 2000, 0,
  ])
  expect(watch.longestBetween(0, 3000)).toBe(2000)
})

test('timers that are late by a few milliseconds are no pause', () => {
  expect(watched(20, 45, 75, 120, 140).longestBetween(0, 140)).toBe(0)
})

test('a pause that lasts until the question is counted before the timer fires', () => {
  const clock = { at: 0 }
  const watch = new PauseWatch(() => clock.at)
  clock.at = 500
  expect(watch.longestBetween(100, 500)).toBe(500)
})
