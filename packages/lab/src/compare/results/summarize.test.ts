import { expect, test } from 'vitest'
import { judgeRuns } from '../rounds/disturbance.ts'
import { type RoundResultFixture, result } from '../rounds/round-result.fixture.ts'
import { type SummaryInput, summarizeCandidate } from './summarize.ts'

function summed(rounds: readonly RoundResultFixture[], more: Partial<SummaryInput> = {}) {
  return summarizeCandidate({
    candidate: { name: 'sse', kind: 'push', staleMs: 0 },
    runs: judgeRuns(rounds.map(result), rounds.length, null),
    baseline: { cpuPerSecond: 0 },
    idleClients: { clients: 400, memoryBytesPerClient: 5000, cpuMicrosecondsPerSecond: null },
    isMemoryRough: false,
    everySeconds: null,
    ...more,
  })
}

test('a lab that was itself busy more than half of the time marks the run', () => {
  expect(summed([{ busy: { loopBusy: 0.5 } }, {}]).marks).toEqual([])
  expect(summed([{ busy: { loopBusy: 0.51 } }, {}]).marks).toEqual(['lab-busy'])
})

test('[N34] a run in which the lab stood still is left out and marked, and nothing else is made unreliable by it', () => {
  const { marks, latencyMs } = summed([{ labPauseMs: 2000, delays: [1999] }, { delays: [5] }, { delays: [6] }])
  expect([marks, latencyMs.count]).toEqual([['lab-stalled'], 2])
  expect(summed([{ labPauseMs: 2000 }, { labPauseMs: 300 }]).marks).toEqual(['unreliable', 'lab-stalled'])
})

test('other reasons to distrust the figures are marked, too', () => {
  expect(summed([{}]).marks).toEqual(['one-round'])
  const marks = summed([{ complaints: ['lost'] }, { busy: { cpuSeconds: null } }], {
    isMemoryRough: true,
    everySeconds: 600,
  }).marks
  expect(marks).toEqual(['computed', 'complaints', 'memory-rough', 'no-server-figures'])
})

test('rounds are added up, and their lowest and highest are kept', () => {
  const { latencyMs, spread, requests, lost, delivered, bytes } = summed([
    { delays: [10, 20], busy: { bytes: 1000, deliveries: 2, cpuSeconds: 0.1, requests: 3 } },
    { delays: [30, 40], busy: { bytes: 3000, deliveries: 2, cpuSeconds: 0.3 }, lost: 1 },
  ])
  expect([latencyMs.count, latencyMs.max, requests, lost, delivered, bytes.perDelivery]).toEqual([
    4,
    expect.closeTo(40, 0),
    23,
    1,
    4,
    1000,
  ])
  expect(spread).toMatchObject({ cpuSeconds: [0.1, 0.3], bytes: [1000, 3000] })
  expect(summed([{}]).spread).toBeNull()
})

test('the noise of one round comes from its slices, the noise of several from their spread', () => {
  const of = { cpuSlices: [1, 3, 1, 3] }
  expect(summed([of]).cpuNoise).toBeCloseTo(0.577, 3)
  expect([summed([of, of]).cpuNoise, summed([{}]).cpuNoise]).toEqual([null, null])
})

test('the share of empty requests counts only requests that read', () => {
  expect(summed([{ busy: { requests: 90, empty: 90 } }]).emptyShare).toBe(0.9)
  expect(summed([{ clients: 0, busy: { requests: 0 } }]).emptyShare).toBe(0)
})

test('rates are of one client: idle, what an event adds, and both together', () => {
  const measured = {
    idle: { bytes: 100, seconds: 2 },
    busy: { bytes: 1000, seconds: 2, cpuSeconds: 0.5 },
    clients: 5,
    events: 4,
  }
  const { idle, perEvent, total } = summed([measured], { baseline: { cpuPerSecond: 0.05 } }).rates
  expect([idle.bytesDown, perEvent.bytesDown, total.bytesDown]).toEqual([10, 45, 100])
  // Half a second of CPU, less what the server takes anyhow, over five clients and two seconds.
  expect(total.cpuSeconds).toBeCloseTo(0.04, 10)
})

test('where events are rare, rates and shares are computed from idling and from one event', () => {
  const measured = {
    idle: { bytes: 1000, seconds: 10, requests: 10, empty: 10 },
    busy: { bytes: 700, requests: 1, deliveries: 1 },
    clients: 1,
    events: 1,
  }
  const { rates, emptyShare, bytes } = summed([measured], { everySeconds: 600 })
  expect(rates.total.bytesDown).toBe(100 + 600 / 600)
  // In ten minutes, 600 questions for nothing and the one that is answered.
  expect(emptyShare).toBeCloseTo(600 / 601, 10)
  expect(bytes.perDelivery).toBeCloseTo(600 * 101, 5)
})
