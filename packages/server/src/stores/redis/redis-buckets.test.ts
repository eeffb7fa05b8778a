import { type RedisService, startRedis } from 'dovetail-lab/services'
import { createClient } from 'redis'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { SharedRate } from '../../core/rate/shared-rate.ts'
import { systemClock } from '../../runtime/system-clock.ts'
import { openRedisMemory } from './open.ts'

let redis: RedisService
beforeAll(async () => {
  redis = await startRedis()
})
afterAll(() => redis.stop())

let prefixes = 0
async function pair() {
  const prefix = `test${++prefixes}`
  const url = `${redis.url}?prefix=${prefix}`
  const open = async () => {
    const { store, buckets } = await openRedisMemory({ url, clock: systemClock, report: () => {}, leaseMs: 20_000 })
    onTestFinished(() => store.close())
    // One token an hour: no token is added during a test.
    return {
      store,
      rate: new SharedRate({ buckets, clock: systemClock, name: 'guests', perSecond: 1 / 3600, burst: 4 }),
    }
  }
  return { prefix, near: await open(), far: await open() }
}

test('all nodes share one bucket for each key, and a new bucket is full', async () => {
  const { near, far } = await pair()
  for (const { rate } of [near, far, near, far]) expect(await rate.take('a')).toBe(0)
  for (const { rate } of [near, far]) expect(Math.round(await rate.take('a'))).toBeCloseTo(3600, -2)
  expect(await near.rate.take('b')).toBe(0)
})

test('a bucket fills with time and is deleted when it is full', async () => {
  const { prefix, near, far } = await pair()
  for (const { rate } of [near, far, near, far]) await rate.take('a')
  const client = await createClient({ url: redis.url }).connect()
  onTestFinished(() => client.destroy())
  const key = `{${prefix}}:bucket:guests:a`
  expect(await client.pTTL(key)).toBeGreaterThan(3 * 3_600_000)
  // As if two hours had passed.
  await client.hIncrBy(key, 'at', -2 * 3_600_000)
  expect([await near.rate.take('a'), await far.rate.take('a')]).toEqual([0, 0])
  expect(await near.rate.take('a')).toBeGreaterThan(0)
})

test("each node limits by itself while Redis can't be reached", async () => {
  const { near, far } = await pair()
  for (let count = 0; count < 4; count++) await near.rate.take('a')
  await near.store.close()
  for (let count = 0; count < 4; count++) expect(await near.rate.take('a')).toBe(0)
  expect(await near.rate.take('a')).toBeGreaterThan(0)
  expect(await far.rate.take('a')).toBeGreaterThan(0)
})
