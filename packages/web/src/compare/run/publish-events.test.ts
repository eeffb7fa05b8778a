import { expect, test } from 'vitest'
import { publishEvents } from './publish-events.ts'

/** A clock that the test sets, with one timer. */
function clock() {
  let at = 0
  let timer: { at: number; task: () => void } | null = null
  return {
    now: () => at,
    after: (ms: number, task: () => void) => {
      timer = { at: at + ms, task }
      return () => {
        timer = null
      }
    },
    /** Goes on to `to`; timers run `lateMs` after they should, as on a busy page. */
    go(to: number, lateMs = 0) {
      while (timer !== null && timer.at + lateMs <= to) {
        const { at: dueAt, task } = timer
        at = Math.max(at, dueAt + lateMs)
        timer = null
        task()
      }
      at = to
    },
  }
}

test('events are published at random times, at the given rate on average', () => {
  const time = clock()
  let seed = 1
  // A linear congruential generator (Numerical Recipes): any even spread serves here.
  const random = () => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
    return seed / 2 ** 32
  }
  const dues: number[] = []
  publishEvents({ ...time, random, rate: 10, send: (_, dueAt) => dues.push(dueAt) })
  time.go(100_000)
  // 1,000 expected; six standard deviations of a Poisson process are 190.
  expect(dues.length).toBeGreaterThan(810)
  expect(dues.length).toBeLessThan(1190)
  const gaps = dues.slice(1).map((due, i) => due - (dues[i] ?? 0))
  // Of exponential gaps, 37 % exceed the mean; of a steady beat none or all would.
  const long = gaps.filter((gap) => gap > 100).length / gaps.length
  expect(long).toBeGreaterThan(0.3)
  expect(long).toBeLessThan(0.45)
})

test('a busy page sends all due events at once, each with the time it was due', () => {
  const time = clock()
  const sent: [number, number][] = []
  const half = 1 - Math.exp(-0.5) // a gap of half the mean each time
  publishEvents({
    ...time,
    random: () => half,
    rate: 10,
    send: (event, dueAt) => sent.push([event, Math.round(dueAt)]),
  })
  time.go(175, 120)
  expect(sent).toEqual([
    [1, 50],
    [2, 100],
    [3, 150],
  ])
})

test('stopped publishing sends no more events', () => {
  const time = clock()
  const sent: number[] = []
  const stop = publishEvents({ ...time, random: () => 0.5, rate: 10, send: (event) => sent.push(event) })
  time.go(100)
  stop()
  time.go(10_000)
  expect(sent).toEqual([1])
})
