/**
 * What happens to servers, while the checker writes and reads through all of them. `runCheck` judges
 * by what clients saw: nothing acknowledged is lost, nothing repeated, everybody arrives.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type CheckResult, runCheck } from '@dovetail/lab/check'
import { type Cluster, startCluster } from '@dovetail/lab/cluster'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runDovetail } from '../support/spawn-server.ts'
import { testSecret } from '../support/token-for.ts'

const main = fileURLToPath(new URL('../../packages/cli/src/main.ts', import.meta.url))

describe('three nodes behind nginx, on PostgreSQL and Redis, come through', () => {
  let cluster: Cluster
  beforeAll(async () => {
    cluster = await startCluster({
      dovetail: [process.execPath, '--import', 'tsx', '--conditions=dovetail-source', main],
      nodes: 3,
      backbone: 'redis',
      secret: testSecret,
      args: ['--log', 'fatal'],
    })
  }, 180_000)
  afterAll(() => cluster.stop(), 60_000)

  async function checkedWhile(seed: number, fault: () => Promise<void>): Promise<CheckResult> {
    const nodes = cluster.nodes.map(({ url }) => url)
    const result = await runCheck({
      urls: [cluster.url, ...nodes],
      seed,
      seconds: 6,
      writers: 3,
      readersEach: 1,
      settleSeconds: 60,
      meanwhile: fault,
    })
    expect(result.acknowledged).toBeGreaterThan(20)
    return result
  }

  const faults: Readonly<Record<string, () => Promise<void>>> = {
    'Redis killed by kill -9, and back with nothing': async () => {
      await cluster.redis.kill()
      await pause(2000)
      await cluster.redis.restart()
    },
    'Redis stopped for some seconds': async () => {
      cluster.redis.pause()
      await pause(3000)
      cluster.redis.resume()
    },
    'PostgreSQL killed by kill -9, and back': async () => {
      await cluster.postgres.kill()
      await pause(1000)
      await cluster.postgres.restart()
    },
    'every connection to PostgreSQL ended': async () => {
      await cluster.postgres.psql(
        'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = $$client backend$$',
      )
    },
    'a node stopped for some seconds': async () => {
      cluster.nodes[1]?.signal('SIGSTOP')
      await pause(4000)
      cluster.nodes[1]?.signal('SIGCONT')
    },
    'a node killed by kill -9, and another in its place': () => cluster.replace(2, 'SIGKILL'),
  }
  test.each(Object.entries(faults))('%s', { timeout: 180_000 }, async (what, fault) => {
    const { complaints } = await checkedWhile(what.length, fault)
    expect(complaints.slice(0, 5)).toEqual([])
  })

  test('a new epoch: every reader is told, and reads again', { timeout: 180_000 }, async () => {
    const { complaints, resets } = await checkedWhile(77, async () => {
      const { code, stdout } = await runDovetail(['epoch', '--new', '--store', cluster.postgres.url]).ended
      expect([code, stdout]).toEqual([0, expect.stringMatching(/^\d+ channels have a new epoch\n$/)])
    })
    expect(complaints.slice(0, 5)).toEqual([])
    // The readers without the SDK, which all follow by then; what the SDK is told is its own business.
    expect(resets).toBeGreaterThanOrEqual(4)
  })
})
