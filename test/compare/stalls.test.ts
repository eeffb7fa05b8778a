/** Case B64: what misleads in comparisons of transports must not mislead here. */
import {
  type RoundResult,
  SeededRandom,
  standardCandidates,
  standardWorkloads,
  steadyArrivals,
  type Workload,
} from 'dovetail-lab/compare'
import { describe, expect, test } from 'vitest'
import { announcing, measuredServer, runAllAtOnce } from './measured.ts'

const perSecond = 50
const [chat] = standardWorkloads
if (chat === undefined) throw new Error('there is no workload')

/** Small messages at an even pace, written by a backend. */
const even: Workload = {
  ...chat,
  name: 'even',
  plan: (_random, { durationMs }) =>
    steadyArrivals(perSecond, durationMs).map((atMs) => ({ atMs, bytes: 40, writer: null, key: null })),
}

const figuresOf = (result: RoundResult | undefined) => {
  if (result === undefined) throw new Error('a candidate did not run')
  const { count, p50, p99, histogram } = result.receipts.latency.figures()
  return {
    count,
    p50: p50 ?? Number.NaN,
    p99: p99 ?? Number.NaN,
    soonest: histogram[0]?.toMs ?? 0,
    heard: result.receipts,
  }
}

const pushes = ['long-poll', 'sse', 'websocket']
const isPrompt = (ms: number): boolean => ms < 100

describe('[B64] comparing transports', () => {
  test('a server that stands still for 2 s shows in the p99 of every candidate', { timeout: 120_000 }, async () => {
    const { target, publisher } = await measuredServer()
    // 5 s of events before those that count, since poll-5s is that far behind. The stop begins 2 s before the middle
    // of the 10 s that count ends, where the one client of poll-5s asks.
    const warmUp = 5 * perSecond
    const stopAt = warmUp + 7 * perSecond - perSecond / 2
    const stalling = announcing(publisher, (index) => {
      if (index === stopAt) process.kill(target.pid, 'SIGSTOP')
      if (index === stopAt + 2 * perSecond) process.kill(target.pid, 'SIGCONT')
    })
    const wanted = { workload: even, candidates: standardCandidates, clients: 1, durationMs: 10_000, warmUpMs: 5000 }
    const roundResults = await runAllAtOnce({ target, publisher: stalling }, { ...wanted, random: new SeededRandom(1) })
    for (const { name } of standardCandidates) {
      const { count, p99, heard } = figuresOf(roundResults.get(name))
      // 100 of 500 events fall into the stop, evenly: the last hundredth of all is at least 1.9 s late.
      expect([name, count, heard.lost, heard.repeated]).toEqual([name, 500, 0, 0])
      expect([name, p99]).toEqual([name, expect.toSatisfy((ms: number) => ms >= 1800)])
    }
    // Four of five events fall outside of it, so the median knows nothing of it: it is what a delivery takes, some
    // milliseconds. A machine with five times as much to do as it has cores makes that some twenty, not a hundred: what
    // waits for a core does so for a few slices of ten at most, and half of all would have to.
    for (const name of pushes)
      expect([name, figuresOf(roundResults.get(name)).p50]).toEqual([name, expect.toSatisfy(isPrompt)])
    // It asks in the stop and is answered after it: some of what it receives is older than its interval.
    expect(figuresOf(roundResults.get('poll-5s')).p99).toBeGreaterThan(5200)
  })

  test('[N34] a lab whose own loop was blocked says for how long', { timeout: 60_000 }, async () => {
    const server = await measuredServer()
    const candidates = standardCandidates.filter(({ name }) => name === 'sse')
    const settings = { workload: even, candidates, clients: 1, durationMs: 1000, warmUpMs: 200 }
    const blockedMs = 700
    const blocking = announcing(server.publisher, (index) => {
      const from = performance.now()
      while (index === perSecond / 2 && performance.now() - from < blockedMs);
    })
    const planted = { target: server.target, publisher: blocking }
    const results = await runAllAtOnce(planted, { ...settings, random: new SeededRandom(3) })
    expect(results.get('sse')?.labPauseMs).toBeGreaterThanOrEqual(blockedMs)
  })

  test('a server whose clock is 5 s ahead, or behind, changes nothing', { timeout: 120_000 }, async () => {
    for (const shift of [5000, -5000]) {
      const clock = `data:text/javascript,const now=Date.now;Date.now=()=>now()+(${shift})`
      const server = await measuredServer(['--import', clock])
      const candidates = standardCandidates.filter(({ name }) => pushes.includes(name))
      const wanted = {
        workload: even,
        candidates,
        clients: 2,
        durationMs: 1500,
        warmUpMs: 500,
        random: new SeededRandom(2),
      }
      const roundResults = await runAllAtOnce(server, wanted)
      for (const name of pushes) {
        const { count, p50, soonest } = figuresOf(roundResults.get(name))
        // Any use of that clock would show as 5 s, as nothing dropped below 150, or as zeros.
        expect([shift, name, count, p50 < 2500, soonest > 0.1]).toEqual([shift, name, 150, true, true])
      }
    }
  })
})
