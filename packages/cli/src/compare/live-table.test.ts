import { stripVTControlCharacters } from 'node:util'
import { LatencyHistogram, type Progress, type RoundResult, Traffic } from 'dovetail-lab/compare'
import { expect, test } from 'vitest'
import { createColors } from '../terminal/colors.ts'
import { liveAfter, liveStart } from './live-state.ts'
import { liveTable } from './live-table.ts'
import { liveView } from './live-view.ts'

const plain = createColors(false)
const names = ['poll-1s', 'sse']

function result(name: string, delays: readonly number[], asked = { requests: 0, empty: 0 }, lost = 0): RoundResult {
  const latency = new LatencyHistogram()
  for (const delay of delays) latency.record(delay)
  const traffic = new Traffic()
  for (let each = 0; each < asked.requests; each++) traffic.count('requests')
  for (let each = 0; each < asked.empty; each++) traffic.count('emptyRequests')
  const none = { seconds: 1, traffic: new Traffic().figures(), deliveries: 0, server: null }
  const period = { ...none, lab: { cpuSeconds: 0, loopBusy: 0 } }
  return {
    name,
    clients: 1,
    events: delays.length,
    opening: new Traffic().figures(),
    idle: period,
    busy: { ...period, traffic: traffic.figures() },
    radio: null,
    cpuSlices: [],
    labPauseMs: 0,
    receipts: { latency, expected: delays.length, lost, repeated: 0, late: 0, superseded: 0 },
    eventReceipts: [],
    complaints: [],
  }
}

const running = (name: string, run: number, leftMs: number): Progress => ({
  step: 'run',
  name,
  run,
  runs: 4,
  expectedMs: 4000,
  leftMs,
})

/** Two rounds: poll-1s is through its first, sse is in the middle of its own. */
const midway: readonly (readonly [number, Progress])[] = [
  [0, { step: 'starting' }],
  [1000, running('poll-1s', 1, 16_000)],
  [5000, { step: 'finished', result: result('poll-1s', [200, 400, 600], { requests: 40, empty: 10 }) }],
  [5000, running('sse', 2, 12_000)],
]

const after = (progress: readonly (readonly [number, Progress])[]) =>
  progress.reduce((state, [at, progress]) => liveAfter(state, progress, at), liveStart(names, 2, 0))

test('the live table shows which candidates wait, which one runs and for how long, and the figures of finished ones', () => {
  expect(liveTable(after(midway), { columns: 80, colors: plain, now: 7000 })).toEqual([
    'measuring, 0:07 gone, about 0:10 left',
    '                                  p50      p99  requests  empty  lost',
    'poll-1s       waiting 1/2      400 ms   600 ms        40   25 %     0',
    'sse           ████░░░░ 1/2          –        –         –      –     –',
  ])
})

test('the live table sums up rounds, and marks a candidate as done after its last round', () => {
  const state = after([
    ...midway,
    [9000, { step: 'finished', result: result('sse', [1, 2, 3], undefined, 2) }],
    [9000, running('poll-1s', 3, 8000)],
    [13_000, { step: 'finished', result: result('poll-1s', [800, 900, 1000], { requests: 60, empty: 40 }) }],
    [13_000, { step: 'memory' }],
  ])
  expect(liveTable(state, { columns: 80, colors: plain, now: 13_000 })).toEqual([
    'measuring the memory of idle connections, 0:13 gone',
    '                                  p50      p99  requests  empty  lost',
    'poll-1s       done             600 ms   1.00 s       100   50 %     0',
    'sse           waiting 1/2      2.0 ms   3.0 ms         0    0 %     2',
  ])
})

test('a run longer than expected fills its progress bar, and the time left never falls below that of the later runs', () => {
  const [headline, , , sse] = liveTable(after(midway), { columns: 80, colors: plain, now: 65_000 })
  expect(headline).toBe('measuring, 1:05 gone, about 0:08 left')
  expect(sse).toContain('████████ 1/2')
})

test.each([1, 2, 20, 40, 69, 80, 200])(
  'at %i columns no line reaches the last one, in colour or without',
  (columns) => {
    for (const colors of [plain, createColors(true)]) {
      for (const line of liveTable(after(midway), { columns, colors, now: 7000 }))
        expect(stripVTControlCharacters(line).length).toBeLessThan(columns)
    }
  },
)

test('the live table shows a candidate that loses events in red', () => {
  const state = liveAfter(liveStart(names, 1, 0), { step: 'finished', result: result('sse', [1], undefined, 7) }, 10)
  expect(liveTable(state, { columns: 80, colors: createColors(true), now: 10 })[3]).toContain('\x1b[31m     7\x1b[39m')
})

/** A live view with a fake clock, whose writes are recorded. */
function viewing(isReplaced: boolean) {
  let now = 0
  const writes: string[] = []
  const ticks = new Set<() => void>()
  const view = liveView({
    write: (text) => void writes.push(text),
    columns: () => 80,
    colors: plain,
    names,
    rounds: 1,
    now: () => now,
    every: (_ms, tick) => {
      ticks.add(tick)
      return () => ticks.delete(tick)
    },
    isReplaced,
  })
  const tick = (at: number): void => {
    now = at
    for (const each of ticks) each()
  }
  return { view, writes, ticks, tick }
}

test('the live view updates its clock in place between reports, and stops at the end', () => {
  const { view, writes, ticks, tick } = viewing(false)
  view.update(running('sse', 1, 4000))
  tick(2000)
  const last = writes.at(-1) ?? ''
  expect(last.startsWith('\x1b[4Ameasuring, 0:02 gone, about 0:02 left\x1b[K\n')).toBe(true)
  expect(last.endsWith('\n\x1b[J')).toBe(true)
  const before = writes.length
  view.end('done')
  expect([ticks.size, writes.length]).toEqual([0, before])
})

test('the live view clears its table before a result in the same place, and keeps it after a failure', () => {
  const through = viewing(true)
  through.view.end('done')
  expect(through.writes.at(-1)).toBe('\x1b[4A\x1b[J')
  const failed = viewing(true)
  failed.view.end('failed')
  expect(failed.writes).toHaveLength(1)
})
