import { describe, expect, test } from 'vitest'
import { HandClock } from '../simulation/hand-clock.fixture.ts'
import { Flusher } from './flush.ts'
import { Pace } from './pace.ts'

interface Load {
  /** Changes a second to one channel, evenly. */
  readonly perSecond: number
  /** What a flush takes, in ms, however many changes it carries: one write to each reader. */
  readonly flushMs: number
  /** What each change takes besides, such as its request. */
  readonly otherMs?: number
  readonly flushMaxMs?: number
  readonly seconds?: number
}

interface Outcome {
  /** From each change to the beginning of its flush, in ms. */
  readonly delays: readonly number[]
  readonly flushes: number
  /** The part of the loop's time that was busy. */
  readonly busy: number
}

/** One second of a load, the second before it not counted. */
async function run({ perSecond, flushMs, otherMs = 0, flushMaxMs = 50, seconds = 2 }: Load): Promise<Outcome> {
  const clock = new HandClock()
  const flusher = new Flusher(clock, new Pace(clock, flushMaxMs))
  let waiting: number[] = []
  const sent: { at: number; delays: number[] }[] = []
  const hub = {
    flush: () => {
      sent.push({ at: clock.monotonic(), delays: waiting.map((at) => clock.monotonic() - at) })
      waiting = []
      clock.spend(flushMs)
      return true
    },
  }
  const beganAt = clock.monotonic()
  for (let change = 0; change < perSecond * seconds; change++)
    clock.after((change * 1000) / perSecond, () => {
      clock.spend(otherMs)
      waiting.push(clock.monotonic())
      flusher.mark(hub)
    })
  const lastSecond = (seconds - 1) * 1000
  await clock.pass(lastSecond)
  const busyBefore = clock.busy()
  await clock.pass(1000)
  const counted = sent.filter(({ at }) => at >= beganAt + lastSecond)
  return {
    delays: counted.flatMap(({ delays }) => delays),
    flushes: counted.length,
    busy: (clock.busy() - busyBefore) / (clock.monotonic() - beganAt - lastSecond),
  }
}

const most = (values: readonly number[]): number => Math.max(...values)

describe('the pace of flushes', () => {
  test.each([
    { perSecond: 20, flushMs: 4.5 },
    { perSecond: 100, flushMs: 3, otherMs: 1 },
    { perSecond: 160, flushMs: 3 },
  ])('below half of a core a change leaves at once: $perSecond a second, $flushMs ms a flush', async (load) => {
    const { delays, flushes } = await run(load)
    expect(flushes).toBe(load.perSecond)
    expect(most(delays)).toBe(0)
  })

  test.each([
    { perSecond: 600, flushMs: 3, otherMs: 0.2 },
    { perSecond: 1500, flushMs: 3, otherMs: 0.1 },
    { perSecond: 3000, flushMs: 1.5, otherMs: 0.03 },
  ])('of a load of more than a core, flushes and the rest take about half of it: $perSecond a second', async (load) => {
    const { busy, delays } = await run(load)
    expect(busy).toBeGreaterThan(0.4)
    expect(busy).toBeLessThan(0.6)
    expect(most(delays)).toBeLessThan(15)
  })

  test('the delay rises gradually with the load', async () => {
    const delays: number[] = []
    for (const perSecond of [150, 250, 300, 350, 400, 600])
      delays.push(most((await run({ perSecond, flushMs: 3 })).delays))
    expect(delays[0]).toBe(0)
    for (const [index, delay] of delays.slice(1).entries()) {
      expect(delay).toBeGreaterThanOrEqual(delays[index] ?? 0)
      expect(delay - (delays[index] ?? 0)).toBeLessThan(4)
    }
  })

  test('a loop that is full of other work still flushes, in about a third of its time', async () => {
    const { flushes, delays, busy } = await run({ perSecond: 800, flushMs: 3, otherMs: 0.8 })
    expect(flushes).toBeGreaterThan(50)
    expect(flushes * 3).toBeLessThan(380)
    expect(most(delays)).toBeLessThan(20)
    expect(busy).toBeLessThan(1)
  })

  test('a flush to very many readers leaves other work as much time as it takes', async () => {
    const { flushes, busy } = await run({ perSecond: 600, flushMs: 40 })
    expect(flushes).toBeGreaterThan(10)
    expect(busy).toBeLessThan(0.56)
  })

  test('[LIM35] `flushMaxMs` bounds the rest between two flushes', async () => {
    const load = { perSecond: 600, flushMs: 20, otherMs: 0.2 }
    // Changes wait for the flush under way when they come, and for the rest after it.
    const longest = async (flushMaxMs: number): Promise<number> => most((await run({ ...load, flushMaxMs })).delays)
    expect(await longest(50)).toBeGreaterThan(30)
    expect(await longest(5)).toBeLessThan(30)
    expect(await longest(0)).toBeLessThan(25)
  })

  test('a flush that takes long once, as where the system took the core away, does not prolong the rest', async () => {
    const clock = new HandClock()
    const pace = new Pace(clock, 50)
    const flush = async (tookMs: number): Promise<number> => {
      clock.spend(tookMs)
      const restMs = pace.restAfterFlush(tookMs, 6, 1)
      await clock.pass(restMs)
      return restMs
    }
    let usual = 0
    for (let each = 0; each < 100; each++) usual = await flush(3)
    expect(usual).toBeGreaterThan(2)
    expect(await flush(40)).toBeLessThan(usual * 1.5)
  })

  test('changes of channels that have no reader in common are not made to wait for each other', async () => {
    const clock = new HandClock()
    const pace = new Pace(clock, 50)
    const rests: number[] = []
    for (let flush = 0; flush < 100; flush++) {
      clock.spend(3)
      rests.push(pace.restAfterFlush(3, 10, 10))
      await clock.pass(7)
    }
    expect(most(rests)).toBe(0)
  })

  test('a wall clock that jumps changes nothing', async () => {
    const clock = new HandClock()
    const pace = new Pace(clock, 50)
    clock.spend(3)
    clock.jump(-3_600_000)
    await clock.pass(200)
    expect(pace.restAfterFlush(3, 1, 1)).toBe(0)
  })
})

describe('the pace of commits', () => {
  const busy = (): Pace => {
    const clock = new HandClock()
    const pace = new Pace(clock, 50)
    clock.spend(200)
    return pace
  }

  test.each([
    { units: 1, restMs: 0.4, why: 'a lone writer waits as long as its last commit took' },
    { units: 2, restMs: 4, why: 'a few writers are more soon' },
    { units: 16, restMs: 0.4, why: 'a large group is large enough' },
  ])('on a busy loop a commit of $units that took 0.4 ms rests for $restMs: $why', ({ units, restMs }) => {
    expect(busy().restAfterCommit(0.4, units)).toBe(restMs)
  })

  test('a slow commit rests for 5 ms at most', () => {
    expect(busy().restAfterCommit(800, 1)).toBe(5)
  })

  test('commits keep the period of flushes, so that a flush finds the changes of a whole commit', () => {
    const clock = new HandClock()
    const pace = new Pace(clock, 50)
    for (let flush = 0; flush < 50; flush++) {
      clock.spend(4)
      pace.restAfterFlush(1.5, 10, 1)
    }
    const restMs = pace.restAfterFlush(1.5, 10, 1)
    expect(restMs).toBeGreaterThan(2)
    expect(pace.restAfterCommit(0.5, 20)).toBeCloseTo(1.5 + restMs - 0.5)
  })

  test('on an idle loop a commit does not rest', async () => {
    const clock = new HandClock()
    const pace = new Pace(clock, 50)
    await clock.pass(200)
    expect(pace.restAfterCommit(5, 3)).toBe(0)
  })
})
