/** Faults of PostgreSQL as the backbone too, and of nodes that have nothing else, while the checker writes and reads. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Cluster } from 'dovetail-lab/cluster'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startNodes, survives, waysIn } from './checked.ts'
import { type Link, startLink } from './link.ts'

/** The node that faults of a link happen to. */
const afflicted = 1

const config = {
  channels: { chat: { presence: true, write: 'guest', collections: { messages: { edit: 'guest' } } } },
}

describe('three nodes behind nginx, on PostgreSQL alone, come through', () => {
  let cluster: Cluster
  let folder: string
  /** One node's way to PostgreSQL for its notifications; the store has another. */
  let link: Link
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dovetail-alone-'))
    const path = join(folder, 'dovetail.config.json')
    await writeFile(path, JSON.stringify(config))
    cluster = await startNodes({
      backbone: 'postgres',
      memory: 'none',
      args: ['--config', path],
      resolveUrl: async (node, service, address) => {
        if (node !== afflicted || service !== 'backbone') return address
        const url = new URL(address)
        link = await startLink(Number(url.port))
        url.port = String(link.port)
        return String(url)
      },
    })
  }, 180_000)
  afterAll(async () => {
    await cluster.stop()
    await link.stop()
    await rm(folder, { recursive: true, force: true })
  }, 60_000)

  const ready = async (): Promise<number[]> =>
    await Promise.all(cluster.nodes.map(async ({ url }) => (await fetch(`${url}/readyz`)).status))

  test('PostgreSQL killed by kill -9 and back, all listening connections ended, a node killed by kill -9', {
    timeout: 300_000,
  }, async () => {
    const { postgres } = cluster
    const killed = async (): Promise<void> => {
      await postgres.kill()
      await pause(1000)
      await postgres.restart()
    }
    const ended = () =>
      postgres.psql(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name IN ('dovetail notifications', 'dovetail presence')`,
      )
    await survives({ urls: waysIn(cluster) }, [
      { what: 'PostgreSQL killed', hit: killed, withinMs: 15_000 },
      { what: 'all listening connections ended', hit: ended, withinMs: 10_000 },
      { what: 'a node killed', hit: async () => cluster.nodes[2]?.signal('SIGKILL'), withinMs: 5000 },
      { what: 'another in its place', hit: () => cluster.replace(2, 'SIGKILL'), withinMs: 5000 },
    ])
    await expect.poll(ready, { timeout: 30_000, interval: 500 }).toEqual([200, 200, 200])
  })

  test('one node’s link for notifications cut, slowed, half-open', { timeout: 300_000 }, async () => {
    const away = (change: () => void, over: () => Promise<unknown>) => async (): Promise<void> => {
      // What nothing goes through can't be missed.
      const before = link.carried
      await expect.poll(() => link.carried, { timeout: 20_000 }).toBeGreaterThan(before)
      change()
      await over()
      link.mend()
    }
    const noticed = () => expect.poll(ready, { timeout: 30_000, interval: 500 }).toEqual([200, 503, 200])
    const slowed = away(
      () => link.slow(200, 20_000),
      () => pause(3000),
    )
    await survives({ urls: waysIn(cluster) }, [
      { what: 'cut', hit: away(() => link.cut(), noticed), withinMs: 10_000 },
      { what: 'slowed', hit: slowed, withinMs: 10_000 },
      { what: 'half-open', hit: away(() => link.silence(), noticed), withinMs: 10_000 },
    ])
    // What was silenced stays so: the node has to give it up by itself.
    await expect.poll(ready, { timeout: 60_000, interval: 500 }).toEqual([200, 200, 200])
  })
})
