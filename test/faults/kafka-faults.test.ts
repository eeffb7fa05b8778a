/** What happens to Kafka as the doorbell, while the checker writes and reads. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Cluster } from '@dovetail/lab/cluster'
import { Admin } from '@platformatic/kafka'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { startNodes, survives, waysIn } from './checked.ts'

describe('three nodes behind nginx, on PostgreSQL and Kafka, come through', () => {
  let cluster: Cluster
  beforeAll(async () => {
    cluster = await startNodes({ backbone: 'kafka' })
  }, 240_000)
  afterAll(() => cluster.stop(), 60_000)

  const ready = async (): Promise<number[]> =>
    await Promise.all(cluster.nodes.map(async ({ url }) => (await fetch(`${url}/readyz`)).status))

  test('the broker killed by kill -9 and back, and the topic deleted', { timeout: 300_000 }, async () => {
    const broker = async (): Promise<void> => {
      await cluster.kafka?.kill()
      await pause(2000)
      await cluster.kafka?.restart()
    }
    const topic = async (): Promise<void> => {
      const admin = new Admin({ clientId: 'test', bootstrapBrokers: [`127.0.0.1:${cluster.kafka?.port}`] })
      onTestFinished(() => admin.close())
      await admin.deleteTopics({ topics: ['dovetail-bells'] })
    }
    await survives({ urls: waysIn(cluster) }, [
      // Delivery goes on by the look at PostgreSQL; the bell itself is back a little later.
      { what: 'the broker killed', hit: broker, withinMs: 10_000 },
      { what: 'the topic deleted', hit: topic, withinMs: 10_000 },
    ])
    await expect.poll(ready, { timeout: 30_000, interval: 500 }).toEqual([200, 200, 200])
  })
})
