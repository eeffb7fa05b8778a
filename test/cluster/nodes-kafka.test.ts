import { type KafkaService, type Postgres, startKafka, startPostgres } from 'dovetail-lab/services'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { emptyView, foldAll, living } from '../support/fold.ts'
import { at } from '../support/paths.ts'
import type { Server } from '../support/servers/serving.ts'
import { nodesSuite } from './nodes.suite.ts'
import { startNodes } from './nodes.ts'

let postgres: Postgres
let kafka: KafkaService
beforeAll(async () => {
  ;[postgres, kafka] = await Promise.all([startPostgres(), startKafka()])
}, 240_000)
afterAll(async () => {
  await Promise.all([postgres.stop(), kafka.stop()])
})

nodesSuite('three nodes on PostgreSQL and Kafka', async () => ({ store: postgres.url, backbone: kafka.url }))

test('[B56] while the broker is away readers miss nothing and readiness fails; when it is back, notifications are too', {
  timeout: 180_000,
}, async () => {
  const store = await postgres.createDatabase('away')
  const { nodes, stop } = await startNodes(2, { store, backbone: `${kafka.url}/away` })
  onTestFinished(stop)
  const [here, there] = [nodes[0] as Server, nodes[1] as Server]
  const [alice, nobody] = [await here.rest('alice'), await there.rest()]
  const socket = await there.connect('bob')
  await socket.subscribe('chat:away')
  const readiness = async () => (await nobody.get('/readyz')).status
  expect(await readiness()).toBe(200)
  await kafka.kill()
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_none, i) => alice.post(at('chat:away'), { text: `${i}` })),
  )
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]))
  await socket.reached('chat:away', 50)
  await expect.poll(readiness, { interval: 500 }).toBe(503)
  await kafka.restart()
  await expect.poll(readiness, { timeout: 60_000, interval: 500 }).toBe(200)
  await alice.post(at('chat:away'), { text: 'after' })
  const view = foldAll(emptyView(), await socket.reached('chat:away', 51))
  expect(living(view, 'messages')).toHaveLength(51)
})
