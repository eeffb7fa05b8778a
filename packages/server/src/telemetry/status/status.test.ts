import { describe, expect, test } from 'vitest'
import { Distribution } from '../../core/log/counts/distribution.ts'
import { LogCounts } from '../../core/log/counts/log-counts.ts'
import { openLog } from '../log.ts'
import { Metrics } from '../metrics.ts'
import { LiveChannels, type LiveHub } from './live-channels.ts'
import { NodeFigures } from './node-figures.ts'
import { RecentEvents } from './recent-events.ts'
import { slowReaders } from './slow-readers.ts'

function hub(channel: string, changes: Partial<LiveHub> = {}): LiveHub {
  const progress = { behind: 0, behindSince: Number.POSITIVE_INFINITY }
  return { channel, epoch: 'e1', head: 0, readers: 1, progress, ...changes }
}

describe('the busiest channels', () => {
  test('come first by their changes a second since the last look, then by their readers', () => {
    let now = 10_000
    let hubs = [hub('chat:a', { head: 5 }), hub('chat:b', { head: 5, readers: 9 }), hub('chat:c', { head: 5 })]
    const channels = new LiveChannels(
      () => hubs,
      () => now,
    )
    expect(channels.busiest(3).map((each) => [each.channel, each.changesPerSecond])).toEqual([
      ['chat:b', 0],
      ['chat:a', 0],
      ['chat:c', 0],
    ])
    now += 2000
    hubs = [hub('chat:a', { head: 5 }), hub('chat:b', { head: 5, readers: 9 }), hub('chat:c', { head: 11 })]
    expect(channels.busiest(2).map((each) => [each.channel, each.changesPerSecond])).toEqual([
      ['chat:c', 3],
      ['chat:b', 0],
    ])
    // Another look within the second is about the same time, not about a few milliseconds.
    now += 500
    hubs = [hub('chat:c', { head: 13 })]
    expect(channels.busiest(1)[0]?.changesPerSecond).toBeCloseTo(3.2)
  })

  test('a channel whose log was replaced has no rate, and a look long ago counts for nothing', () => {
    let now = 0
    let hubs = [hub('chat:a', { head: 5 })]
    const channels = new LiveChannels(
      () => hubs,
      () => now,
    )
    channels.busiest(1)
    now += 1000
    hubs = [hub('chat:a', { head: 90, epoch: 'e2' })]
    expect(channels.busiest(1)[0]?.changesPerSecond).toBe(0)
    now += 61_000
    hubs = [hub('chat:a', { head: 990, epoch: 'e2' })]
    expect(channels.busiest(1)[0]?.changesPerSecond).toBe(0)
  })

  test('show for how long a reading has been behind', () => {
    const channels = new LiveChannels(
      () => [hub('chat:a', { progress: { behind: 2, behindSince: 1000 } })],
      () => 4500,
    )
    expect(channels.busiest(1)).toMatchObject([{ behind: 2, behindSeconds: 3.5 }])
  })
})

test('slow readers are those with something in the log, those first that have been behind for the longest', () => {
  const outlet = (queuedBytes: number, isBehind = true) => ({ queuedBytes, isBehind }) as never
  const [slow, slower, quick] = [outlet(10), outlet(20), outlet(0, false)]
  const reader = (user: string, of: never) => ({
    ...{ transport: 'sse' as const, caller: { user, role: 'user' as const, session: `s-${user}` }, outlet: of },
  })
  const lagging = (...all: (readonly [never, number])[]) => ({
    progress: { lagging: new Map(all.map(([of, since]) => [{ outlet: of }, since] as const)) },
  })
  const hubs = [
    { channel: 'chat:a', ...lagging([slow, 4000], [slower, 3000], [quick, 4900]) },
    { channel: 'chat:b', ...lagging([slower, 1000]) },
  ]
  const found = slowReaders([reader('ana', slow), reader('bob', slower), reader('cleo', quick)], hubs, 5000, 2)
  expect(found).toEqual([
    {
      ...{ user: 'bob', role: 'user', session: 's-bob', transport: 'sse', queuedBytes: 20 },
      ...{ behindSeconds: 4, channels: ['chat:a', 'chat:b'] },
    },
    {
      ...{ user: 'ana', role: 'user', session: 's-ana', transport: 'sse', queuedBytes: 10 },
      ...{ behindSeconds: 1, channels: ['chat:a'] },
    },
  ])
})

test('the figures of a node are rates since the sample before', () => {
  const clock = { at: 0, worked: 0, now: () => 1_790_000_000_000, monotonic: () => clock.at, busy: () => clock.worked }
  const counts = new LogCounts(() => 0)
  const metrics = new Metrics()
  const group = (units: number) => ({
    size: 0,
    counts: { commits: 0, units, seconds: 0, failed: 0, durations: new Distribution([]), sizes: new Distribution([]) },
  })
  const groups = { durable: group(0), memory: group(0) }
  const figures = new NodeFigures({
    ...{ metrics, groups, clock, version: '1.2.3', memoryBytes: () => 7_000_000 },
    connections: () => 3,
    readers: Object.assign([{ transport: 'sse', outlet: { isBehind: true, queuedBytes: 1 } }] as const, {
      openedByTransport: new Map(),
      ended: [],
    }),
    hubs: { size: 2, flushes: 0, counts, all: () => [] },
    isDraining: () => true,
  })
  figures.begin('host:4600')
  groups.durable.counts.units = 5
  groups.memory.counts.units = 3
  metrics.delivered.sse.frames = 40
  counts.deliveryLag.count(0.004)
  counts.deliveryLag.count(0.008)
  clock.at = 2000
  clock.worked = 500
  figures.sample()
  expect(figures.report).toEqual({
    ...{ name: 'host:4600', version: '1.2.3', startedAt: 1_790_000_000_000, isLeaving: true },
    ...{ connections: 3, readers: 1, readersBehind: 1, channels: 2, memoryBytes: 7_000_000 },
    ...{ writesPerSecond: 4, framesPerSecond: 20, lagMs: 6, busyShare: 0.25 },
  })
  clock.at = 3000
  figures.sample()
  expect(figures.report).toMatchObject({ writesPerSecond: 0, framesPerSecond: 0, lagMs: null, busyShare: 0 })
})

test('recent events are bounded, in number and in length', () => {
  let now = 0
  const events = new RecentEvents(() => ++now, openLog('silent'))
  for (let i = 0; i < 60; i++)
    events.refused({
      ...{ transport: 'http', request: 'GET /', code: 'forbidden', user: null, address: '::1' },
      detail: 'x'.repeat(1000),
    })
  expect([events.refusals.length, events.refusals[0]?.at, events.refusals[49]?.at]).toEqual([50, 60, 11])
  expect(events.refusals[0]?.detail).toHaveLength(300)
})
