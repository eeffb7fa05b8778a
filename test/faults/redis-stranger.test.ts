/** What somebody else who writes into the same Redis can do: he can take data away, and cannot bring the nodes down. */
import { type RedisService, startRedis } from 'dovetail-lab/services'
import type { Page } from 'dovetail-protocol'
import { createClient } from 'redis'
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { openBackbone } from '../../packages/server/src/open.ts'
import { systemClock } from '../../packages/server/src/runtime/system-clock.ts'
import { at, freshChannel } from '../support/paths.ts'
import { startServer } from '../support/servers/serving.ts'

let redis: RedisService
let stranger: ReturnType<typeof createClient>
beforeAll(async () => {
  redis = await startRedis()
})
beforeEach(async () => {
  stranger = createClient({ url: redis.url })
  await stranger.connect()
})
afterAll(() => redis.stop())

/** Texts that are no notification, or nearly one: of an unknown kind, with broken names, dates, revisions and data. */
const nonsense = [
  '',
  'null',
  '[]',
  '{"__proto__":{"polluted":1}}',
  '\u0000\ud800',
  '['.repeat(100_000),
  '[1,"x","advanced"]',
  '[1,"x","other","chat:a"]',
  '[2,"x","dropped","chat:a"]',
  '[1,"x","dropped","chat:a\\r\\ndata: x"]',
  '[1,"x","signal","chat:a","t","{",null]',
  '[1,"x","signal","chat:a","t","1\\n\\nevent: changes",null]',
  '[1,"x","advanced","chat:a","e",1e400,[]]',
  '[1,"x","advanced","chat:a","e",5,[["messages","m",9,5,"ann",0,0,false,"{}"]]]',
  '[1,"x","advanced","chat:a","e",5,[["messages","m",5,5,"ann",0,1e300,false,"{}"]]]',
  '[1,"x","advanced","chat:a","e",5,[["messages","../m",5,5,"ann",0,0,false,"{}"]]]',
  '[1,"x","advanced","chat:a","e",5,[["messages","m",5,5,"ann",0,0,false,"{} , {}"]]]',
  '[1,"x","advanced","chat:a","e",5,[["messages","m",5,5,"ann",0,0,false,"",4,[["/text",-1,"x"]]]]]',
]

describe('somebody else who writes into the same Redis', () => {
  test('is not taken for a node by texts that are no notifications, and the next true one arrives', async () => {
    const reports: string[] = []
    const options = { clock: systemClock, report: (_error: unknown, doing: string) => void reports.push(doing) }
    const [near, far] = await Promise.all([openBackbone(redis.url, options), openBackbone(redis.url, options)])
    onTestFinished(async () => {
      await near.close()
      await far.close()
      stranger.destroy()
    })
    const received: unknown[] = []
    far.onNotification((notification) => received.push(notification))
    await far.listen('chat:a')
    const names = (await stranger.sendCommand(['PUBSUB', 'CHANNELS', '*'])) as string[]
    expect(names.length).toBeGreaterThan(2)
    for (const name of names) for (const text of nonsense) await stranger.publish(name, text)
    near.publish({ kind: 'dropped', channel: 'chat:a' })
    await expect.poll(() => received.length).toBeGreaterThan(0)
    expect(received).toEqual([{ kind: 'dropped', channel: 'chat:a' }])
    expect(reports).toEqual([])
    await far.probe()
  })

  test('can void what is kept there, and no more: the node serves on, and is whole when the keys are gone', async () => {
    const server = await startServer({ memory: redis.url })
    onTestFinished(async () => {
      await server.stop()
      stranger.destroy()
    })
    const [backend, ana] = [await server.rest('backend', { role: 'service' }), await server.rest('ana')]
    const [prices, chat] = [freshChannel('prices'), freshChannel()]
    const quote = { symbol: 'ACME', price: 1 }
    expect((await backend.put(at(prices, 'quotes', 'ACME'), quote)).status).toBe(201)
    const socket = await server.connect('ana')
    await socket.subscribe(chat, { presence: true })
    await socket.subscribe(prices, { last: { quotes: 5 } })
    for (const key of (await stranger.sendCommand(['KEYS', '*'])) as string[]) {
      await stranger.sendCommand(['DEL', key])
      await stranger.sendCommand(['SET', key, '\u0000 nonsense ['])
    }
    for (let round = 0; round < 5; round++) {
      for (const method of ['GET', 'PUT', 'DELETE'])
        await backend.send(
          method,
          at(prices, 'quotes', 'ACME'),
          { 'content-type': 'application/json' },
          '{"symbol":"A"}',
        )
      await backend.get(at(prices, 'quotes'))
      await backend.get(`/v1/channels/${prices}/changes?after=0`)
      await ana.get(`/v1/channels/${chat}/presence`)
      await (await server.rest()).post('/v1/guests', {})
      // What is kept elsewhere is as it was.
      expect((await ana.post(at(chat), { text: `round ${round}` })).status).toBe(201)
      await socket.reached(chat, round + 1)
    }
    await stranger.sendCommand(['FLUSHALL'])
    await expect.poll(async () => (await backend.put(at(prices, 'quotes', 'ACME'), quote)).status).toBeLessThan(300)
    expect((await backend.get<Page>(at(prices, 'quotes'))).body.records).toMatchObject([{ data: quote }])
    expect((await ana.get('/readyz')).status).toBe(200)
  })
})
