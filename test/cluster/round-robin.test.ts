/** Three nodes behind nginx, which sends each request to the next: no session sticks. Where they do, it is the same. */
import {
  type KafkaService,
  type Postgres,
  type RedisService,
  startKafka,
  startNginx,
  startPostgres,
  startRedis,
} from 'dovetail-lab/services'
import { afterAll, beforeAll } from 'vitest'
import { transportsSuite } from './transports.suite.ts'

let postgres: Postgres
let redis: RedisService
let kafka: KafkaService
beforeAll(async () => {
  ;[postgres, redis, kafka] = await Promise.all([startPostgres(), startRedis(), startKafka()])
}, 240_000)
afterAll(async () => {
  await Promise.all([postgres.stop(), redis.stop(), kafka.stop()])
})

const front = (ports: readonly number[]) => startNginx({ ports })

transportsSuite(
  'three nodes on PostgreSQL and Redis',
  3,
  async () => ({ store: await postgres.createDatabase('redis'), backbone: redis.url, memory: redis.url }),
  front,
)
transportsSuite(
  'three nodes on PostgreSQL and Kafka',
  3,
  async () => ({
    store: await postgres.createDatabase('kafka'),
    backbone: kafka.url,
    // Its own, since the log's channels are others too.
    memory: `${redis.url}?prefix=kafka`,
  }),
  front,
)
transportsSuite(
  'three nodes on PostgreSQL and Redis, sticky by address',
  3,
  async () => ({
    store: await postgres.createDatabase('sticky'),
    backbone: `${redis.url}?prefix=sticky`,
    memory: `${redis.url}?prefix=sticky`,
  }),
  (ports) => startNginx({ ports, sticky: 'address' }),
)
