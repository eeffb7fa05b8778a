/** Faults of Kafka as the backbone, while the checker writes and reads. */
import { setTimeout as pause } from 'node:timers/promises'
import { Admin } from '@platformatic/kafka'
import type { Cluster } from 'dovetail-lab/cluster'
import { freePort } from 'dovetail-lab/services'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { startNodes, survives, waysIn } from './checked.ts'
import { type Link, startLink } from './link.ts'

const afflicted = 1

describe('three nodes behind nginx, on PostgreSQL and Kafka, come through', () => {
  let cluster: Cluster
  /** One node's link to Kafka. */
  let link: Link
  beforeAll(async () => {
    const port = await freePort()
    link = await startLink(port)
    cluster = await startNodes({
      backbone: 'kafka',
      kafka: { extraListener: { port, advertisedPort: link.port } },
      resolveUrl: (node, service, url) =>
        node === afflicted && service === 'backbone' ? `kafka://127.0.0.1:${link.port}` : url,
    })
  }, 240_000)
  afterAll(async () => {
    await cluster.stop()
    await link.stop()
  }, 60_000)

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
      // Delivery goes on by polling PostgreSQL; notifications are back a little later.
      { what: 'the broker killed', hit: broker, withinMs: 10_000 },
      { what: 'the topic deleted', hit: topic, withinMs: 10_000 },
    ])
    await expect.poll(ready, { interval: 500 }).toEqual([200, 200, 200])
  })
  test('one node’s link to the broker cut, slowed, half-open', { timeout: 300_000 }, async () => {
    const away = (change: () => void, over: () => Promise<unknown>) => async (): Promise<void> => {
      // What nothing goes through can't be missed.
      const before = link.carried
      await expect.poll(() => link.carried).toBeGreaterThan(before)
      change()
      await over()
      link.mend()
    }
    const noticed = () => expect.poll(ready, { interval: 500 }).toEqual([200, 503, 200])
    await survives({ urls: waysIn(cluster) }, [
      { what: 'cut', hit: away(() => link.cut(), noticed), withinMs: 10_000 },
      {
        what: 'slowed',
        hit: away(
          () => link.slow(200, 20_000),
          () => pause(3000),
        ),
        withinMs: 10_000,
      },
      { what: 'half-open', hit: away(() => link.silence(), noticed), withinMs: 10_000 },
    ])
    // What was silenced stays so: the node has to give it up by itself.
    await expect.poll(ready, { timeout: 60_000, interval: 500 }).toEqual([200, 200, 200])
  })
})
