import { type KafkaService, type Postgres, startKafka, startPostgres } from '@dovetail/lab/services'
import { afterAll, beforeAll } from 'vitest'
import { nodesSuite } from './nodes-suite.ts'

let postgres: Postgres
let kafka: KafkaService
beforeAll(async () => {
  ;[postgres, kafka] = await Promise.all([startPostgres(), startKafka()])
}, 240_000)
afterAll(async () => {
  await Promise.all([postgres.stop(), kafka.stop()])
})

nodesSuite('three nodes on PostgreSQL and Kafka', async () => ({ store: postgres.url, backbone: kafka.url }))
