import { type RedisService, startRedis } from 'dovetail-lab/services'
import { createClient } from 'redis'
import { afterAll, beforeAll } from 'vitest'
import { presenceContract } from '../../ports/presence.contract.ts'
import { systemClock } from '../../runtime/system-clock.ts'
import { openRedisMemory } from './open.ts'

let redis: RedisService
beforeAll(async () => {
  redis = await startRedis()
})
afterAll(() => redis.stop())

let prefixes = 0
/** No lease expires during a test. */
const leaseMs = 600_000

presenceContract('presence in Redis', async () => {
  const prefix = `test${++prefixes}`
  const url = `${redis.url}?prefix=${prefix}`
  const open = () => openRedisMemory({ url, clock: systemClock, report: () => {}, leaseMs })
  const [near, far] = [await open(), await open()]
  return {
    near: near.presence,
    far: far.presence,
    elapse: () => endLeases(`{${prefix}}:nodes`),
    close: async () => {
      await near.store.close()
      await far.store.close()
    },
  }
})

/** Sets every lease to expired. */
async function endLeases(key: string): Promise<void> {
  const client = await createClient({ url: redis.url }).connect()
  for (const node of await client.zRange(key, 0, -1)) await client.zAdd(key, { score: 1, value: node })
  client.destroy()
}
