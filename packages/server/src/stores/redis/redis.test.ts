import { type RedisService, startRedis } from 'dovetail-lab/services'
import { afterAll, beforeAll } from 'vitest'
import { durableStoreContract } from '../../ports/store.contract.ts'
import { systemClock } from '../../runtime/system-clock.ts'
import { openRedisStore } from './open.ts'

let redis: RedisService
beforeAll(async () => {
  redis = await startRedis()
})
afterAll(() => redis.stop())

let prefixes = 0
const report = () => {}

durableStoreContract('the Redis store', async () => {
  const options = { url: `${redis.url}?prefix=test${++prefixes}`, clock: systemClock, report }
  const store = await openRedisStore(options)
  const reopen = async () => {
    await store.close()
    return await openRedisStore(options)
  }
  return { store, reopen }
})
