import { expect, test } from 'vitest'
import { feedPrices } from './feed-prices.ts'
import { RandomWalk } from './random-walk.ts'

interface Write {
  readonly op: string
  readonly channel: string
  readonly recordId: string
}

/** Runs the feed for `seconds` of a fake clock, against a server that takes `tookMs` for a batch. */
async function feeding(options: { rate: number; seconds: number; tookMs?: number; isWanted?: () => boolean }) {
  let now = 0
  const batches: Write[][] = []
  const reported: string[] = []
  await feedPrices({
    url: 'http://server.test',
    token: async () => 'some.token',
    channels: ['prices:demo', 'ticks:demo'],
    minuteChannel: 'prices:demo-minute',
    walk: new RandomWalk(Math.random),
    rate: options.rate,
    isWanted: options.isWanted ?? (() => true),
    fetch: async (_url, init) => {
      const { writes } = JSON.parse(String(init?.body)) as { writes: Write[] }
      batches.push(writes)
      now += options.tookMs ?? 0
      return Response.json({ results: [] })
    },
    now: () => now,
    clock: () => now,
    pause: async (ms) => {
      now += ms
    },
    isStopped: () => now >= options.seconds * 1000,
    report: (line) => reported.push(line),
  })
  const written = (channel: string) => batches.flat().filter((write) => write.channel === channel).length
  return { batches, reported, written }
}

test.each([1, 7, 200, 1000, 20_000])(
  'at %i quotes a second the feed sends each quote to both channels',
  async (rate) => {
    const { batches, reported, written } = await feeding({ rate, seconds: 5 })
    expect([written('prices:demo'), written('ticks:demo'), reported]).toEqual([5 * rate, 5 * rate, []])
    // Of as many instruments as there were quotes, at 0, 2 and 4 seconds.
    expect(written('prices:demo-minute')).toBeGreaterThan(Math.min(40, 5 * rate) - 1)
    expect(Math.max(...batches.map(({ length }) => length))).toBeLessThanOrEqual(500)
  },
)

test('the feed sends no quotes without readers, and does not send them later', async () => {
  let demandChecks = 0
  const { written } = await feeding({ rate: 1000, seconds: 2, isWanted: () => demandChecks++ >= 20 })
  expect(written('ticks:demo')).toBe(1000)
})

test('the feed reports a slow server once, and sends as many quotes as it accepts', async () => {
  const { reported, written } = await feeding({ rate: 20_000, seconds: 5, tookMs: 100 })
  expect(reported).toEqual(['the server takes fewer than 20000 quotes a second'])
  expect(written('ticks:demo')).toBeGreaterThan(5000)
  expect(written('ticks:demo')).toBeLessThan(100_000)
})
