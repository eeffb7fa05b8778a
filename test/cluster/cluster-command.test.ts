import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runCheck } from 'dovetail-lab/check'
import { type Cluster, startCluster } from 'dovetail-lab/cluster'
import type { LiveRecord } from 'dovetail-protocol'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { expectAllBack, followWithAll, untilAllFollow } from '../support/clients/foreign-clients.ts'
import { createRest } from '../support/clients/rest.ts'
import { freshChannel } from '../support/paths.ts'
import { dovetailCommand } from '../support/servers/dovetail-command.ts'
import { runDovetail } from '../support/servers/spawn-server.ts'
import { testSecret, tokenFor } from '../support/servers/token-for.ts'

describe('three nodes behind nginx, on PostgreSQL and Redis', () => {
  let cluster: Cluster
  beforeAll(async () => {
    cluster = await startCluster({
      dovetail: dovetailCommand(),
      nodes: 3,
      backbone: 'redis',
      secret: testSecret,
      args: ['--drain', '4', '--log', 'warn'],
    })
  }, 180_000)
  afterAll(() => cluster.stop(), 60_000)

  test('after a rolling restart and a kill -9 under load, no reader misses a change', {
    timeout: 240_000,
  }, async () => {
    const result = await runCheck({
      urls: [cluster.url],
      seed: 21,
      seconds: 8,
      writers: 3,
      readersEach: 1,
      settleSeconds: 60,
      disturb: async (watch) => {
        for (const node of [0, 1, 2]) await cluster.replace(node, 'SIGTERM')
        await cluster.replace(1, 'SIGKILL')
        await watch.written(20)
      },
    })
    expect(result.complaints.slice(0, 5)).toEqual([])
  })

  test('[RDG23, RUN13, C1] Chromium, eventsource and undici come back through nginx from a rolling restart without a gap', {
    timeout: 240_000,
  }, async () => {
    const path = `/v1/channels/${freshChannel()}`
    const followers = followWithAll(`${cluster.url}${path}/changes`)
    const alice = createRest({ port: Number(new URL(cluster.url).port), token: await tokenFor('alice') })
    onTestFinished(() => alice.close())
    const posted: string[] = []
    /** A write that gets no answer is repeated with its key, since its node may be gone. */
    const post = async () => {
      const text = `m${posted.length}`
      const write = () => alice.post(`${path}/messages`, { text }, { 'idempotency-key': `key-${path}-${text}` })
      const status = () => write().then((answer) => answer.status, String)
      await expect.poll(status, { interval: 100 }).toBe(201)
      posted.push(text)
    }
    await untilAllFollow(followers, post)
    for (const node of [0, 1, 2]) {
      const replaced = cluster.replace(node, 'SIGTERM')
      await post()
      await replaced
      await post()
    }
    await expectAllBack(followers, posted)
  })

  test('a game, its players and its prices are the same on every node', { timeout: 60_000 }, async () => {
    const token = await tokenFor('ann')
    const [first, second] = cluster.nodes.map((node) => createRest({ port: node.port, token }))
    onTestFinished(() => {
      first?.close()
      second?.close()
    })
    const path = `/v1/channels/${freshChannel('game')}/entities`
    const made = await first?.put<LiveRecord>(`${path}/ann`, { kind: 'ship', x: 1, y: 2 })
    expect(made?.status).toBe(201)
    const read = await second?.get<LiveRecord>(`${path}/ann`)
    expect([read?.status, read?.body.rev]).toEqual([200, made?.body.rev])
  })
})

describe('dovetail cluster', () => {
  test.each([
    ['Redis', []],
    ['PostgreSQL', ['--backbone', 'postgres']],
    ['Kafka', ['--kafka']],
  ])('with %s, prints one address, and Ctrl-C stops all of it', { timeout: 240_000 }, async (_backbone, args) => {
    const { child, text, ended } = runDovetail(['cluster', '--nodes', '2', '--port', '0', ...args])
    const url = await new Promise<string>((resolve, reject) => {
      child.stdout?.on('data', () => {
        const found = /^dovetail cluster ready at (\S+)\n$/.exec(text.stdout)?.[1]
        if (found !== undefined) resolve(found)
      })
      void ended.then(({ stderr }) => reject(new Error(stderr)))
    })
    expect((await fetch(`${url}/readyz`)).status).toBe(200)
    const pids = [...text.stderr.matchAll(/pid (\d+)/g)].map(([, pid]) => Number(pid))
    expect(pids).toHaveLength(2)
    child.kill('SIGINT')
    expect((await ended).code).toBe(0)
    for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow('ESRCH')
    await expect(fetch(`${url}/healthz`)).rejects.toThrow()
  })

  test('Ctrl-C before it is ready leaves no process and no file', { timeout: 120_000 }, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'dovetail-started-'))
    onTestFinished(() => rm(folder, { recursive: true, force: true }))
    // PostgreSQL runs as another user there.
    await chmod(folder, 0o755)
    const { child, text, ended } = runDovetail(['cluster', '--port', '0'], { TMPDIR: folder })
    await new Promise<void>((resolve, reject) => {
      child.stderr?.on('data', () => {
        if (text.stderr.includes('starting 3 nodes')) resolve()
      })
      void ended.then(({ stderr }) => reject(new Error(stderr)))
    })
    const data = (await readdir(folder)).find((name) => name.startsWith('dovetail-postgres-')) ?? ''
    const postgres = Number.parseInt(await readFile(join(folder, data, 'data', 'postmaster.pid'), 'utf8'), 10)
    expect(process.kill(postgres, 0)).toBe(true)
    child.kill('SIGINT')
    const { code, stdout } = await ended
    expect([code, stdout]).toEqual([0, ''])
    expect(() => process.kill(postgres, 0)).toThrow('ESRCH')
    expect((await readdir(folder)).filter((name) => name.startsWith('dovetail-'))).toEqual([])
  })
})
