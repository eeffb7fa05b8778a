import { describe, expect, test } from 'vitest'
import type { CommitGroup } from '../core/group.ts'
import { Exposition, type Watched } from './exposition.ts'
import { Metrics, type Transport } from './metrics.ts'

function group(counts: Partial<CommitGroup['counts']> = {}, size = 0): CommitGroup {
  return { counts: { commits: 0, units: 0, seconds: 0, failed: 0, ...counts }, size } as unknown as CommitGroup
}

function watched(changes: Partial<Watched> = {}): Watched {
  const readers: { transport: Transport }[] = [{ transport: 'sse' }, { transport: 'websocket' }, { transport: 'sse' }]
  return {
    metrics: new Metrics(),
    groups: { durable: group({ commits: 3, units: 12, seconds: 0.25, failed: 1 }, 4), memory: group() },
    connections: () => 5,
    readers: () => readers,
    hubs: () => 2,
    flushes: () => 7,
    neighbours: () => ({ bells: 8, doubts: 1, failedLooks: 2 }),
    isDraining: () => false,
    ...changes,
  }
}

async function linesOf(exposition: Exposition): Promise<string[]> {
  return (await exposition.scrape()).text.split('\n')
}

describe('the exposition', () => {
  test('shows readers by transport, commits with their units, and what there is now', async () => {
    const lines = await linesOf(new Exposition(watched()))
    expect(lines).toEqual(
      expect.arrayContaining([
        'dovetail_readers{transport="websocket"} 1',
        'dovetail_readers{transport="sse"} 2',
        'dovetail_readers{transport="long_poll"} 0',
        'dovetail_connections 5',
        'dovetail_hubs 2',
        'dovetail_draining 0',
        'dovetail_flushes_total 7',
        'dovetail_bells_heard_total 8',
        'dovetail_backbone_doubts_total 1',
        'dovetail_failed_looks_total 2',
        'dovetail_commits_total{storage="durable"} 3',
        'dovetail_commit_units_total{storage="durable"} 12',
        'dovetail_commit_seconds_total{storage="durable"} 0.25',
        'dovetail_commit_failures_total{storage="durable"} 1',
        'dovetail_commit_waiting_units{storage="durable"} 4',
        'dovetail_commits_total{storage="memory"} 0',
      ]),
    )
  })

  test('counts closes, refusals and deliveries, and reads them at each scrape', async () => {
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
        'dovetail_refused_total{door="http",code="rate_limited"} 1',
        'dovetail_refused_total{door="websocket",code="forbidden"} 1',
        'dovetail_delivered_frames_total{transport="websocket"} 9',
        'dovetail_delivered_bytes_total{transport="websocket"} 900',
      ]),
    )
    expect(await linesOf(exposition)).toEqual(expect.arrayContaining(['dovetail_closed_total{code="4408"} 2']))
  })

  test('two servers in one process share what is of the process, and nothing else', async () => {
    const [one, two] = [new Exposition(watched()), new Exposition(watched({ hubs: () => 40 }))]
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

  test('an event loop that is blocked shows as delay', async () => {
    const exposition = new Exposition(watched())
    await exposition.scrape()
    const seen = await blockedUntilSeen(exposition)
    expect(seen).toBeGreaterThan(0.05)
    expect(seen).toBeLessThan(60)
  })

  test('no value is without a number', async () => {
    const lines = await linesOf(new Exposition(watched()))
    const values = lines
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => Number(line.split(' ').at(-1)))
    expect(values.length).toBeGreaterThan(50)
    expect(values.filter((value) => !Number.isFinite(value))).toEqual([])
  })
})

/** Blocks the loop for 100 ms between two of its samples, and reads the longest delay. */
async function blockedUntilSeen(exposition: Exposition): Promise<number> {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, 25))
    const until = performance.now() + 100
    while (performance.now() < until);
    await new Promise((resolve) => setTimeout(resolve, 25))
    const line = (await linesOf(exposition)).find((each) =>
      each.startsWith('nodejs_eventloop_delay_seconds{quantile="1"}'),
    )
    if (line !== undefined && Number(line.split(' ')[1]) > 0.05) return Number(line.split(' ')[1])
  }
}
