/** Case B64: what misleads in comparisons of transports must not mislead here. */
import { Dice, type Lap, steady, usualContenders, usualWorkloads, type Workload } from '@dovetail/lab/compare'
import { describe, expect, test } from 'vitest'
import { measuredServer, raced, telling } from './measured.ts'

const perSecond = 50
const [chat] = usualWorkloads
if (chat === undefined) throw new Error('there is no workload')

/** Small messages at an even pace, written by a backend. */
const even: Workload = {
  ...chat,
  name: 'even',
  plan: (_dice, { durationMs }) =>
    steady(perSecond, durationMs).map((atMs) => ({ atMs, bytes: 40, writer: null, key: null })),
}

const figuresOf = (lap: Lap | undefined) => {
  if (lap === undefined) throw new Error('a contender did not run')
  const { count, p50, p99, histogram } = lap.heard.latency.figures()
  return { count, p50: p50 ?? Number.NaN, p99: p99 ?? Number.NaN, soonest: histogram[0]?.toMs ?? 0, heard: lap.heard }
}

const pushes = ['long-poll', 'sse', 'websocket']
const isPrompt = (ms: number): boolean => ms < 100

describe('[B64] comparing transports', () => {
  test('a server that stands still for 2 s shows in the p99 of every contender', { timeout: 120_000 }, async () => {
    const { target, publisher } = await measuredServer()
    // 5 s of events before those that count, since poll-5s is that far behind. The stop begins 2 s before the middle
    // of the 10 s that count ends, where the one client of poll-5s asks.
    const warmUp = 5 * perSecond
    const stopAt = warmUp + 7 * perSecond - perSecond / 2
    const stalling = telling(publisher, (index) => {
      if (index === stopAt) process.kill(target.pid, 'SIGSTOP')
      if (index === stopAt + 2 * perSecond) process.kill(target.pid, 'SIGCONT')
    })
    const wanted = { workload: even, contenders: usualContenders, clients: 1, durationMs: 10_000, warmUpMs: 5000 }
    const laps = await raced({ target, publisher: stalling }, { ...wanted, dice: new Dice(1) })
    for (const { name } of usualContenders) {
      const { count, p99, heard } = figuresOf(laps.get(name))
      // 100 of 500 events fall into the stop, evenly: the last hundredth of all is at least 1.9 s late.
      expect([name, count, heard.lost, heard.repeated]).toEqual([name, 500, 0, 0])
      expect([name, p99]).toEqual([name, expect.toSatisfy((ms: number) => ms >= 1800)])
    }
    // Four of five events fall outside of it, so the median knows nothing of it: it is what a delivery takes, some
    // milliseconds. A machine with five times as much to do as it has cores makes that some twenty, not a hundred: what
    // waits for a core does so for a few slices of ten at most, and half of all would have to.
    for (const name of pushes) expect([name, figuresOf(laps.get(name)).p50]).toEqual([name, expect.toSatisfy(isPrompt)])
    // It asks in the stop and is answered after it: some of what it hears is older than its interval.
    expect(figuresOf(laps.get('poll-5s')).p99).toBeGreaterThan(5200)
  })

  test('a server whose clock is 5 s ahead, or behind, changes nothing', { timeout: 120_000 }, async () => {
    for (const shift of [5000, -5000]) {
      const clock = `data:text/javascript,const now=Date.now;Date.now=()=>now()+(${shift})`
      const server = await measuredServer(['--import', clock])
      const contenders = usualContenders.filter(({ name }) => pushes.includes(name))
      const wanted = { workload: even, contenders, clients: 2, durationMs: 1500, warmUpMs: 500, dice: new Dice(2) }
      const laps = await raced(server, wanted)
      for (const name of pushes) {
        const { count, p50, soonest } = figuresOf(laps.get(name))
        // Any use of that clock would show as 5 s, as nothing dropped below 150, or as zeros.
        expect([shift, name, count, p50 < 2500, soonest > 0.1]).toEqual([shift, name, 150, true, true])
      }
    }
  })
})
