import { expect, test } from 'vitest'
import { feedPrices } from './feed-prices.ts'
import { RandomWalk } from './random-walk.ts'

interface Write {
  readonly op: string
  readonly channel: string
  readonly recordId: string
}

/** Feeds for so many seconds of a clock of its own, against a server that takes `tookMs` for a batch. */
async function feeding(options: { rate: number; seconds: number; tookMs?: number; isWanted?: () => boolean }) {
  let now = 0
  const batches: Write[][] = []
  const told: string[] = []
  await feedPrices({
    url: 'http://server.test',
    token: async () => 'some.token',
    channels: ['prices:demo', 'ticks:demo'],
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
    pause: async (ms) => {
      now += ms
    },
    isStopped: () => now >= options.seconds * 1000,
    tell: (line) => told.push(line),
  })
  const written = (channel: string) => batches.flat().filter((write) => write.channel === channel).length
  return { batches, told, written }
}

test.each([1, 7, 200, 1000, 20_000])('at %i quotes a second, each goes to both channels', async (rate) => {
  const { batches, told, written } = await feeding({ rate, seconds: 5 })
  expect([written('prices:demo'), written('ticks:demo'), told]).toEqual([5 * rate, 5 * rate, []])
  expect(Math.max(...batches.map(({ length }) => length))).toBeLessThanOrEqual(500)
})

test('what nobody reads is not sent, and not made up for when somebody does', async () => {
  let looks = 0
  const { written } = await feeding({ rate: 1000, seconds: 2, isWanted: () => looks++ >= 20 })
  expect(written('ticks:demo')).toBe(1000)
})

test('a server that is too slow is told once, and gets what it takes', async () => {
  const { told, written } = await feeding({ rate: 20_000, seconds: 5, tookMs: 100 })
  expect(told).toEqual(['the server takes fewer than 20000 quotes a second'])
  expect(written('ticks:demo')).toBeGreaterThan(5000)
  expect(written('ticks:demo')).toBeLessThan(100_000)
})
