import { expect, test } from 'vitest'
import type { Contender, Course, Meters } from './contenders/contender.ts'
import { Race, type Writer } from './race.ts'
import { firstSettings } from './race-settings.ts'
import { type WayName, wayNames } from './way-names.ts'

const gap = 1 - Math.exp(-1) // each gap is the mean one: at 1 event/s, an event each second

/** A race on a clock that is moved by hand; its contenders do as the test says. */
function racing(begin: Writer['begin'] = async () => ({ channel: 'game:compare-1', cursor: 'e.1' })) {
  let at = 0
  const timers = new Map<() => void, number>()
  const log: string[] = []
  const entered = new Map<WayName, { course: Course; meters: Meters }>()
  const contender = (way: WayName): Contender => {
    return (course, meters) => {
      entered.set(way, { course, meters })
      return { ready: Promise.resolve(), stop: () => void entered.delete(way) }
    }
  }
  const race = new Race({
    settings: firstSettings,
    writer: { begin, send: (event) => log.push(`sent ${event}`), clear: () => log.push('cleared') },
    contenders: Object.fromEntries(wayNames.map((way) => [way, contender(way)])) as Record<WayName, Contender>,
    now: () => at,
    random: () => gap,
    after: (ms, task) => {
      const own = () => task()
      timers.set(own, at + ms)
      return () => void timers.delete(own)
    },
  })
  const go = (to: number) => {
    for (;;) {
      const [next] = [...timers].filter(([, due]) => due <= to).sort(([, a], [, b]) => a - b)
      if (next === undefined) break
      timers.delete(next[0])
      at = Math.max(at, next[1])
      next[0]()
    }
    at = to
  }
  /** What was promised is kept before the clock goes on. */
  const settle = () => new Promise<void>((resolve) => setImmediate(resolve))
  return { race, go, settle, log, entered, timers }
}

test('all begin behind one cursor, and each lane counts what its own contender tells', async () => {
  const { race, go, settle, log, entered } = racing()
  expect(race.getSnapshot().state.name).toBe('starting')
  await settle()
  expect(race.getSnapshot().state.name).toBe('running')
  expect([...entered.values()].map(({ course }) => course)).toEqual(
    wayNames.map(() => ({ channel: 'game:compare-1', cursor: 'e.1', intervalMs: 1000 })),
  )
  go(1100)
  entered.get('sse')?.meters.heard(1)
  entered.get('poll')?.meters.asked('nothing')
  go(2100)
  const { measures, sent } = race.getSnapshot()
  expect([log, sent]).toEqual([['sent 1', 'sent 2'], 2])
  expect([measures.sse.heard, Math.round(measures.sse.meanMs ?? 0), measures.poll.heard]).toEqual([1, 100, 0])
  expect([measures.poll.emptyShare, measures.sse.emptyShare]).toEqual([1, null])
})

test('a pause stops everything and keeps the figures; time does not run meanwhile', async () => {
  const { race, go, settle, log, entered, timers } = racing()
  await settle()
  go(2000)
  entered.get('poll')?.meters.asked('news')
  race.pause()
  expect([race.getSnapshot().state.name, entered.size, timers.size]).toEqual(['paused', 0, 0])
  go(10_000)
  race.resume()
  await settle()
  go(12_000)
  expect(log).toEqual(['sent 1', 'sent 2', 'sent 3', 'sent 4'])
  expect(race.getSnapshot().measures.poll.requestsPerSecond).toBeCloseTo(1 / 4)
})

test('another setting begins anew with it, a paused race stays paused', async () => {
  const { race, go, settle, entered } = racing()
  await settle()
  go(3000)
  race.change({ intervalMs: 200 })
  await settle()
  expect(entered.get('poll')?.course.intervalMs).toBe(200)
  expect(race.getSnapshot()).toMatchObject({ sent: 0, settings: { rate: 1, intervalMs: 200 } })
  race.pause()
  race.change({ rate: 5 })
  await settle()
  expect(race.getSnapshot()).toMatchObject({ state: { name: 'paused' }, settings: { rate: 5 } })
})

test('a start that fails says why, and can be tried again; one that comes too late starts nothing', async () => {
  let attempts = 0
  const { race, settle, entered } = racing(async () => {
    attempts++
    if (attempts === 1) throw new Error('no server')
    return { channel: 'game:compare-1', cursor: 'e.1' }
  })
  await settle()
  expect(race.getSnapshot().state).toEqual({ name: 'failed', why: 'no server' })
  race.resume()
  race.pause()
  await settle()
  expect([race.getSnapshot().state.name, entered.size]).toEqual(['paused', 0])
  race.resume()
  await settle()
  expect(race.getSnapshot().state.name).toBe('running')
})

test('the stop leaves nothing behind: no timer, no contender, no record', async () => {
  const { race, go, settle, log, entered, timers } = racing()
  await settle()
  go(1000)
  race.stop()
  expect([entered.size, timers.size, log.at(-1), race.getSnapshot().state.name]).toEqual([0, 0, 'cleared', 'stopped'])
})
