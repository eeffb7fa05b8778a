import { describe, expect, test } from 'vitest'
import { Distribution, secondBounds } from '../core/log/counts/distribution.ts'
import { LogCounts } from '../core/log/counts/log-counts.ts'
import type { CommitCounts } from '../core/log/group.ts'
import { Exposition } from './exposition.ts'
import { Metrics, type Transport } from './metrics.ts'
import type { Watched, WatchedReader, WatchedReaders } from './watched.ts'

function group(counts: Partial<CommitCounts> = {}, size = 0): Watched['groups']['durable'] {
  const distributions = { durations: new Distribution(secondBounds), sizes: new Distribution([1, 10]) }
  return { counts: { commits: 0, units: 0, seconds: 0, failed: 0, ...distributions, ...counts }, size }
}

function readersOf(readers: readonly WatchedReader[]): WatchedReaders {
  return {
    [Symbol.iterator]: () => readers[Symbol.iterator](),
    openedByTransport: new Map<Transport, number>([['sse', 9]]),
    ended: [{ transport: 'sse', reason: 'peer', count: 7 }],
  }
}

function hubsOf(changes: Partial<Watched['hubs']> = {}): Watched['hubs'] {
  const progresses = [
    { live: 3, behind: 1, behindSince: 4000, lagging: new Map() },
    { live: 0, behind: 0, behindSince: Number.POSITIVE_INFINITY, lagging: new Map() },
  ]
  return {
    size: 2,
    flushes: 7,
    counts: new LogCounts(() => 0),
    all: () => progresses.map((progress) => ({ progress })),
    ...changes,
  }
}

function watched(changes: Partial<Watched> = {}): Watched {
  return {
    metrics: new Metrics(),
    groups: { durable: group({ commits: 3, units: 12, failed: 1 }, 4), memory: group() },
    connections: () => 5,
    readers: readersOf([
      { transport: 'sse', outlet: { isBehind: true, queuedBytes: 70 } },
      { transport: 'websocket', outlet: { isBehind: false, queuedBytes: 5 } },
      { transport: 'sse', outlet: { isBehind: false, queuedBytes: 30 } },
      { transport: 'long_poll' },
    ]),
    hubs: hubsOf(),
    now: () => 6500,
    wallNow: () => 100_000,
    peers: () => ({ notifications: 8, gaps: 1, failedChecks: 2 }),
    outbox: { relayed: 5, refused: 2 },
    webhooks: () => [],
    files: null,
    consumers: async () => [{ name: 'mail', lag: 12, behind: 3, workers: 2, held: 5, idleSeconds: 0.5 }],
    indexing: () => ({ done: 4, total: 9 }),
    store: async () => ({}),
    parts: async () => ({ store: { status: 'ok', tookMs: 1 }, backbone: { status: 'failed', tookMs: 2000 } }),
    isDraining: () => false,
    version: '1.2.3',
    ...changes,
  }
}

async function linesOf(exposition: Exposition): Promise<string[]> {
  return (await exposition.scrape()).text.split('\n')
}

describe('GET /metrics', () => {
  test('shows readers by transport, commits with their units, and the current gauges', async () => {
    const lines = await linesOf(new Exposition(watched()))
    expect(lines).toEqual(
      expect.arrayContaining([
        'dovetail_readers{transport="websocket"} 1',
        'dovetail_readers{transport="sse"} 2',
        'dovetail_readers{transport="long_poll"} 1',
        'dovetail_readers_behind{transport="sse"} 1',
        'dovetail_queued_bytes{transport="sse"} 100',
        'dovetail_connections_opened_total{transport="sse"} 9',
        'dovetail_connections_opened_total{transport="websocket"} 0',
        'dovetail_connections_closed_total{transport="sse",reason="peer"} 7',
        'dovetail_feeds{state="live"} 3',
        'dovetail_feeds{state="behind"} 1',
        'dovetail_feeds_behind_longest_seconds 2.5',
        'dovetail_consumer_lag_revisions{consumer="mail"} 12',
        'dovetail_consumer_behind_channels{consumer="mail"} 3',
        'dovetail_consumer_idle_seconds{consumer="mail"} 0.5',
        'dovetail_consumer_workers{consumer="mail"} 2',
        'dovetail_consumer_held_channels{consumer="mail"} 5',
        'dovetail_part_up{part="store"} 1',
        'dovetail_part_up{part="backbone"} 0',
        'dovetail_connections 5',
        'dovetail_hubs 2',
        'dovetail_draining 0',
        'dovetail_flushes_total 7',
        'dovetail_search_records_to_index 5',
        'dovetail_notifications_received_total 8',
        'dovetail_notification_gaps_total 1',
        'dovetail_store_check_failures_total 2',
        'dovetail_commits_total{storage="durable"} 3',
        'dovetail_commit_units_total{storage="durable"} 12',
        'dovetail_commit_failures_total{storage="durable"} 1',
        'dovetail_commit_waiting_units{storage="durable"} 4',
        'dovetail_commits_total{storage="memory"} 0',
      ]),
    )
  })

  test('counts closes, refusals and deliveries, with their values at each scrape', async () => {
    const metrics = new Metrics()
    const exposition = new Exposition(watched({ metrics }))
    expect(await linesOf(exposition)).toContain('dovetail_closed_total{code="4408"} 0')
    metrics.closed(4408)
    metrics.closed(4408)
    metrics.closed(1012)
    metrics.refused('http', 'rate_limited')
    metrics.refused('websocket', 'forbidden')
    metrics.delivered.websocket.frames = 9
    metrics.delivered.websocket.bytes = 900
    const lines = await linesOf(exposition)
    expect(lines).toEqual(
      expect.arrayContaining([
        'dovetail_closed_total{code="4408"} 2',
        'dovetail_closed_total{code="1012"} 1',
        'dovetail_refused_total{transport="http",code="rate_limited"} 1',
        'dovetail_refused_total{transport="websocket",code="forbidden"} 1',
        'dovetail_delivered_frames_total{transport="websocket"} 9',
        'dovetail_delivered_bytes_total{transport="websocket"} 900',
      ]),
    )
    expect(await linesOf(exposition)).toEqual(expect.arrayContaining(['dovetail_closed_total{code="4408"} 2']))
  })

  test('shows distributions as histograms, each bucket with all that is at most its bound', async () => {
    const counts = new LogCounts(() => 0)
    for (const seconds of [0.0005, 0.003, 0.2, 60]) counts.deliveryLag.count(seconds)
    const lines = await linesOf(new Exposition(watched({ hubs: hubsOf({ counts }) })))
    expect(lines).toEqual(
      expect.arrayContaining([
        '# TYPE dovetail_delivery_lag_seconds histogram',
        'dovetail_delivery_lag_seconds_bucket{le="0.001"} 1',
        'dovetail_delivery_lag_seconds_bucket{le="0.005"} 2',
        'dovetail_delivery_lag_seconds_bucket{le="0.25"} 3',
        'dovetail_delivery_lag_seconds_bucket{le="10"} 3',
        'dovetail_delivery_lag_seconds_bucket{le="+Inf"} 4',
        'dovetail_delivery_lag_seconds_sum 60.2035',
        'dovetail_delivery_lag_seconds_count 4',
        'dovetail_commit_duration_seconds_bucket{storage="durable",le="+Inf"} 0',
      ]),
    )
  })

  test('shows what a store has: connections of PostgreSQL, the log file of SQLite', async () => {
    const pools = [{ name: 'readers', idle: 2, busy: 3, waiting: 4 }] as const
    const lines = await linesOf(new Exposition(watched({ store: async () => ({ pools, logBytes: 4096 }) })))
    expect(lines).toEqual(
      expect.arrayContaining([
        'dovetail_store_connections{pool="readers",state="idle"} 2',
        'dovetail_store_connections{pool="readers",state="busy"} 3',
        'dovetail_store_waiting_calls{pool="readers"} 4',
        'dovetail_store_log_bytes{storage="durable"} 4096',
      ]),
    )
    const without = await linesOf(new Exposition(watched()))
    expect(without.filter((line) => line.startsWith('dovetail_store_'))).toEqual([
      'dovetail_store_check_failures_total 2',
    ])
  })

  test('[K10] no gauge has a label `quantile`, and names end in their units', async () => {
    const lines = await linesOf(new Exposition(watched({ store: async () => ({ logBytes: 1 }) })))
    expect(lines.filter((line) => line.includes('quantile='))).toEqual([])
    const types = lines.flatMap((line) => /^# TYPE (dovetail_\w+) (\w+)/.exec(line)?.slice(1, 3).join(' ') ?? [])
    expect(types.filter((type) => / counter$/.test(type) !== /_total counter$/.test(type))).toEqual([])
    expect(types.length).toBeGreaterThan(25)
  })

  test('two servers in one process share the metrics of the process and no others', async () => {
    const [one, two] = [new Exposition(watched()), new Exposition(watched({ hubs: hubsOf({ size: 40 }) }))]
    expect(await linesOf(one)).toContain('dovetail_hubs 2')
    const lines = await linesOf(two)
    expect(lines).toContain('dovetail_hubs 40')
    for (const name of [
      'process_cpu_seconds_total ',
      'process_resident_memory_bytes ',
      'nodejs_eventloop_seconds_total{state="active"} ',
    ]) {
      expect(lines.filter((line) => line.startsWith(name))).toHaveLength(1)
    }
  })

  test('shows a blocked event loop as event loop delay', async () => {
    const exposition = new Exposition(watched())
    await exposition.scrape()
    const seen = await blockedUntilSeen(exposition)
    expect(seen).toBeGreaterThan(0.05)
    expect(seen).toBeLessThan(60)
  })

  test('shows a finite number for every metric', async () => {
    const lines = await linesOf(new Exposition(watched()))
    const values = lines
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => Number(line.split(' ').at(-1)))
    expect(values.length).toBeGreaterThan(50)
    expect(values.filter((value) => !Number.isFinite(value))).toEqual([])
  })
})

/**
 * Blocks the event loop for 100 ms between two of its samples until the longest delay shows it; returns it in seconds.
 */
async function blockedUntilSeen(exposition: Exposition): Promise<number> {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 25))
    const until = performance.now() + 100
    while (performance.now() < until);
    await new Promise((resolve) => setTimeout(resolve, 25))
    const line = (await linesOf(exposition)).find((each) => each.startsWith('nodejs_eventloop_delay_max_seconds '))
    if (line !== undefined && Number(line.split(' ')[1]) > 0.05) return Number(line.split(' ')[1])
  }
}
