import { type Postgres, type RedisService, startPostgres, startRedis } from '@dovetail/lab/services'
import { afterAll, beforeAll } from 'vitest'
import { nodesSuite } from './nodes-suite.ts'

let postgres: Postgres
let redis: RedisService
beforeAll(async () => {
  ;[postgres, redis] = await Promise.all([startPostgres(), startRedis()])
})
afterAll(async () => {
  await Promise.all([postgres.stop(), redis.stop()])
})

nodesSuite('three nodes on PostgreSQL and Redis', async () => ({ store: postgres.url, backbone: redis.url }))
