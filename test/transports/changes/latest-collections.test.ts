/** Prices: a client that asks once a second at a channel of 1,000 changes a second gets one state per record, the newest. */
import type { BatchReply, ChangesReply } from 'dovetail-protocol'
import { describe, expect, test } from 'vitest'
import { openStream } from '../../support/clients/event-stream.ts'
import type { Rest } from '../../support/clients/rest.ts'
import { freshChannel } from '../../support/paths.ts'
import { serving } from '../../support/servers/serving.ts'

const symbols = Array.from({ length: 40 }, (_, n) => `S${n}`)
const aSecond = 1000

/** What the feeder wrote last, by record. */
type Newest = Map<string, number>

/** What a second brings, in batches as big as they may be. */
async function writeASecond(feeder: Rest, channel: string, newest: Newest, second: number): Promise<void> {
  const writes = Array.from({ length: aSecond }, (_, n) => {
    const symbol = symbols[n % symbols.length] ?? ''
    const price = second * aSecond + n + 1
    newest.set(symbol, price)
    return { op: 'put', channel, collection: 'quotes', recordId: symbol, data: { symbol, price } }
  })
  for (let from = 0; from < writes.length; from += 500) {
    const { body } = await feeder.post<BatchReply>('/v1/batch', { writes: writes.slice(from, from + 500) })
    expect(body.results.filter(({ error }) => error !== undefined)).toEqual([])
  }
}

const pricesIn = (changes: ChangesReply['changes']) =>
  changes.map(({ record }) => [record.id, 'data' in record ? (record.data as { price: number }).price : null] as const)

/** Ten states of one record in one batch, and what the readers that follow get of it. */
async function statesSeen(server: ReturnType<typeof serving>, namespace: string): Promise<readonly number[][]> {
  const channel = freshChannel(namespace)
  const feeder = await server.rest('feeder', { role: 'service' })
  // The node reads the beginning of a log from the store, where states are folded: this one has begun.
  await feeder.post(`/v1/channels/${channel}/quotes`, { symbol: 'S1', price: 0 })
  const socket = await server.connect()
  await socket.subscribe(channel)
  const stream = await openStream({ port: server.port, path: `/v1/channels/${channel}/changes` })
  const prices = Array.from({ length: 10 }, (_, n) => n + 1)
  const writes = prices.map((price) => {
    const data = { symbol: 'S0', price }
    return { op: 'put', channel, collection: 'quotes', recordId: 'S0', data }
  })
  const { body } = await feeder.post<BatchReply>('/v1/batch', { writes })
  expect(body.results.filter(({ error }) => error !== undefined)).toEqual([])
  const bySocket = await socket.reached(channel, 11)
  const streamed = () => stream.events('changes').map(({ data }) => data as unknown as ChangesReply)
  await stream.until('the last state', () => (streamed().at(-1)?.to ?? 0) >= 11)
  const seen = [bySocket, streamed()].map((ranges) =>
    ranges.flatMap(({ changes }) => pricesIn(changes).map(([, price]) => price ?? 0)),
  )
  stream.close()
  return seen
}

describe('every state, or the latest', () => {
  const server = serving()

  test('[PRM3, D1] readers that keep up get each of ten states that one batch gave a record', async () => {
    const all = Array.from({ length: 10 }, (_, n) => n + 1)
    expect(await statesSeen(server, 'ticks')).toEqual([all, all])
  })

  test('[PRM3] where the collection delivers the latest, they get the last of them', async () => {
    expect(await statesSeen(server, 'prices')).toEqual([[10], [10]])
  })
})

describe('latest collections', () => {
  const server = serving()

  test.each(['', '&wait=1'])('[PRM3, DEM5] a poll a second (%s) gives each record once, as it is now', async (wait) => {
    const channel = freshChannel('prices')
    const feeder = await server.rest('feeder', { role: 'service' })
    const reader = await server.rest()
    const newest: Newest = new Map()
    let cursor = '0'
    for (let second = 0; second < 4; second++) {
      await writeASecond(feeder, channel, newest, second)
      const { body } = await reader.get<ChangesReply>(`/v1/channels/${channel}/changes?after=${cursor}${wait}`)
      expect([body.to - body.from, body.more]).toEqual([aSecond, false])
      expect(new Map(pricesIn(body.changes))).toEqual(newest)
      expect(body.changes).toHaveLength(symbols.length)
      cursor = body.cursor
    }
  })

  test('[PRM3, DEM5] on a socket and a stream no range holds a record twice, and the last value arrives', async () => {
    const channel = freshChannel('prices')
    const feeder = await server.rest('feeder', { role: 'service' })
    const socket = await server.connect()
    await socket.subscribe(channel)
    const stream = await openStream({ port: server.port, path: `/v1/channels/${channel}/changes` })
    const newest: Newest = new Map()
    for (let second = 0; second < 4; second++) await writeASecond(feeder, channel, newest, second)
    const bySocket = await socket.reached(channel, 4 * aSecond)
    const streamed = () =>
      stream.events('changes').map(({ data }) => data as unknown as Pick<ChangesReply, 'from' | 'to' | 'changes'>)
    await stream.until('the last value', () => (streamed().at(-1)?.to ?? 0) >= 4 * aSecond)
    for (const ranges of [bySocket, streamed()]) {
      for (const { changes } of ranges) {
        const ids = changes.map(({ record }) => record.id)
        expect(ids).toHaveLength(new Set(ids).size)
      }
      expect(new Map(ranges.flatMap(({ changes }) => pricesIn(changes)))).toEqual(newest)
      expect(ranges.every(({ from }, n) => n === 0 || from === ranges[n - 1]?.to)).toBe(true)
    }
    stream.close()
  })
})
