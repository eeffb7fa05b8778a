/** A consumer over two nodes on PostgreSQL whose nodes are killed: each channel goes to one worker at a time, and nothing is lost. */
import { expect, test } from 'vitest'
import { caughtUp, faultsOf, startWorkers } from '../durability/consuming.ts'
import { at } from '../support/paths.ts'
import { startCluster } from './cluster.ts'
import { postgresAndRedis } from './postgres-and-redis.ts'

const services = postgresAndRedis()
const channels = ['chat:a', 'chat:b', 'chat:c', 'chat:d']
const rounds = 40

test('[CON3, CON4, CON5] nodes are killed while workers on both share the channels: nothing is lost, and the order holds', {
  timeout: 180_000,
}, async () => {
  const store = await services.postgres.createDatabase('consumed')
  const cluster = await startCluster({ store, backbone: store, nodes: 2, args: ['--limit', 'leaseSeconds=2'] })
  const urls = [0, 1].map((index) => cluster.node(index).server.url)
  const backend = await cluster.node(0).server.rest('backend', { role: 'service' })
  await backend.put('/v1/consumers/mail', { pattern: 'chat:*', from: 'beginning' })
  const workers = await startWorkers()
  for (const [name, own] of [
    ['w1', urls],
    ['w2', urls.toReversed()],
    ['w3', urls],
  ] as const)
    workers.start(name, own)
  for (let round = 0; round < rounds; round++) {
    for (const [index, channel] of channels.entries()) {
      const rest = await cluster.node(index % 2).server.rest('backend', { role: 'service' })
      expect((await rest.post(at(channel), { text: `${round}` })).status).toBe(201)
    }
    if (round % 10 === 9) await cluster.restart(Math.floor(round / 10) % 2, 'SIGKILL')
  }
  await caughtUp(await cluster.node(1).server.rest('backend', { role: 'service' }))
  expect(faultsOf(await workers.lines(), new Map(channels.map((channel) => [channel, rounds])))).toEqual([])
})
