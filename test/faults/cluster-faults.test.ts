/**
 * What happens to servers, while the checker writes and reads through all of them. `runCheck` judges
 * by what clients saw: nothing acknowledged is lost, nothing repeated, everybody arrives.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { Cluster } from 'dovetail-lab/cluster'
import { createClient } from 'redis'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { runDovetail } from '../support/servers/spawn-server.ts'
import { checkedWhile, type Fault, isSoak, seed, startNodes, survives, waysIn } from './checked.ts'

describe('three nodes behind nginx, on PostgreSQL and Redis, come through', () => {
  let cluster: Cluster
  beforeAll(async () => {
    cluster = await startNodes()
  }, 180_000)
  afterAll(() => cluster.stop(), 60_000)

  const ofRedis: readonly Fault[] = [
    {
      what: 'Redis killed by kill -9, and back with nothing',
      hit: async () => {
        await cluster.redis?.kill()
        await pause(2000)
        await cluster.redis?.restart()
      },
      withinMs: 10_000,
    },
    {
      what: 'Redis stopped for some seconds',
      hit: async () => {
        cluster.redis?.pause()
        await pause(3000)
        cluster.redis?.resume()
      },
      withinMs: 10_000,
    },
    {
      what: 'a node that takes nothing, and that Redis cuts off for it',
      hit: () => cutForItsSlowness(cluster, 0),
      withinMs: 10_000,
    },
  ]
  const ofPostgres: readonly Fault[] = [
    {
      what: 'PostgreSQL killed by kill -9, and back',
      hit: async () => {
        await cluster.postgres.kill()
        await pause(1000)
        await cluster.postgres.restart()
      },
      withinMs: 15_000,
    },
    {
      what: 'every connection to PostgreSQL ended',
      hit: () =>
        cluster.postgres.psql(
          'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = $$client backend$$',
        ),
      withinMs: 10_000,
    },
  ]
  const ofNode: readonly Fault[] = [
    {
      what: 'a node stopped for 20 s',
      hit: async () => {
        cluster.nodes[1]?.signal('SIGSTOP')
        await pause(20_000)
        cluster.nodes[1]?.signal('SIGCONT')
      },
      withinMs: 10_000,
    },
  ]
  test.each([
    ['Redis', ofRedis],
    ['PostgreSQL', ofPostgres],
    ['a node', ofNode],
  ] as const)('what happens to %s', { timeout: 240_000 }, async (_name, faults) => {
    await survives({ urls: waysIn(cluster) }, faults)
  })

  test('a node killed by kill -9: all of its readers are caught up on others within 5 s', {
    timeout: 180_000,
  }, async () => {
    const killed = { what: 'a node killed', hit: async () => cluster.nodes[2]?.signal('SIGKILL'), withinMs: 5000 }
    const anew = { what: 'another in its place', hit: () => cluster.replace(2, 'SIGKILL'), withinMs: 5000 }
    await survives({ urls: waysIn(cluster), readersEach: 2 }, [killed, anew])
  })

  test('two nodes are killed, and all of their readers reconnect to the one that is left', {
    timeout: 240_000,
  }, async () => {
    const killed = async () => {
      for (const node of cluster.nodes.slice(0, 2)) node.signal('SIGKILL')
    }
    const manyReconnect = { what: 'two nodes killed', hit: killed, withinMs: 15_000 }
    const anew = async () => {
      await Promise.all([cluster.replace(0, 'SIGKILL'), cluster.replace(1, 'SIGKILL')])
    }
    const faults = [manyReconnect, { what: 'others in their place', hit: anew, withinMs: 15_000 }]
    await survives({ urls: waysIn(cluster), readersEach: isSoak ? 60 : 10 }, faults)
  })

  test('a new epoch: every reader is reset, and reads again', { timeout: 180_000 }, async () => {
    const { resets } = await checkedWhile({ urls: waysIn(cluster), seed: seed + 1 }, async (watch) => {
      const { code, stdout } = await runDovetail(['epoch', '--new', '--store', cluster.postgres.url]).ended
      expect([code, stdout]).toEqual([0, expect.stringMatching(/^\d+ channels have a new epoch\n$/)])
      await watch.recovered(10_000)
    })
    // The readers without the SDK, which all follow by then; resets inside the SDK are not counted.
    expect(resets).toBeGreaterThanOrEqual(4)
  })
})

/** Redis drops a subscriber that leaves too much unread (`client-output-buffer-limit pubsub`). */
async function cutForItsSlowness({ redis, nodes }: Cluster, index: number): Promise<void> {
  const client = await createClient({ url: redis?.url ?? '' }).connect()
  onTestFinished(() => client.destroy())
  const subscribers = async (): Promise<number> => {
    const list = String(await client.sendCommand(['CLIENT', 'LIST', 'TYPE', 'PUBSUB']))
    return list.split('\n').filter((line) => line.includes('addr=')).length
  }
  const before = await subscribers()
  await client.configSet('client-output-buffer-limit', 'pubsub 256kb 0 0')
  nodes[index]?.signal('SIGSTOP')
  try {
    const channels = await client.pubSubChannels('dovetail:*')
    const bulk = 'x'.repeat(1_000_000)
    // More than the sockets between them hold.
    for (let i = 0; i < 200 && (await subscribers()) === before; i++)
      for (const channel of channels) await client.publish(channel, bulk)
    expect(await subscribers()).toBeLessThan(before)
  } finally {
    nodes[index]?.signal('SIGCONT')
    await client.configSet('client-output-buffer-limit', 'pubsub 32mb 8mb 60')
  }
}
