/**
 * What an operator sees of what goes wrong on three nodes under load: each in the metrics, in the status, and in the log.
 * The alerts have their own tests (test/outside/prometheus.outside.ts).
 */
import { startPostgres, startRedis } from 'dovetail-lab/services'
import type { ServerStatus } from 'dovetail-protocol'
import { expect, onTestFinished, test } from 'vitest'
import { startCluster } from '../cluster/cluster.ts'
import { at } from '../support/paths.ts'
import type { Server } from '../support/servers/serving.ts'
import { patienceMs } from '../support/until.ts'

const channel = 'chat:day'
const patience = { timeout: patienceMs, interval: 250 }

async function world() {
  const [postgres, redis] = await Promise.all([startPostgres(), startRedis()])
  onTestFinished(async () => {
    await Promise.all([postgres.stop(), redis.stop()])
  })
  const args = ['--log', 'debug', '--limit', 'stallSeconds=10', '--drain', '1']
  const cluster = await startCluster({ store: postgres.url, backbone: redis.url, nodes: 3, args })
  const nodes = [0, 1, 2].map((index) => cluster.node(index).server)
  const [first] = nodes
  if (first === undefined) throw new Error('there is no first node')
  const root = await first.rest('root', { role: 'admin' })
  const nobody = await first.rest()
  return {
    ...{ redis, nodes, first },
    status: async () => (await root.get<ServerStatus>('/v1/status')).body,
    /** The sum of a metric's series with these labels, such as `code="reset"`. */
    metric: async (name: string, labels = '') => {
      const lines = (await nobody.get('/metrics')).text.split('\n').filter((line) => line.startsWith(name))
      return lines
        .filter((line) => line.includes(labels))
        .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0)
    },
    logged: (event: string) =>
      cluster
        .node(0)
        .stderr()
        .split('\n')
        .filter((line) => line.includes(`"event":"${event}"`))
        .map((line) => JSON.parse(line) as Record<string, unknown>),
  }
}

/** Readers on every node, and writes to every node until the test ends. */
async function load(nodes: readonly Server[]): Promise<void> {
  for (const node of nodes) {
    const readers = await Promise.all([1, 2, 3].map((number) => node.connect(`reader-${number}`)))
    await Promise.all(readers.map((reader) => reader.subscribe(channel)))
  }
  const writers = await Promise.all(nodes.map((node) => node.rest('writer', { role: 'service' })))
  let turn = 0
  const timer = setInterval(() => {
    // A write that fails while Redis is away is not what is looked at here.
    void writers[turn++ % writers.length]?.post(at(channel), { text: `message ${turn}` }).catch(() => undefined)
  }, 50)
  onTestFinished(() => clearInterval(timer))
}

/** More than the buffers between a server and a reader hold that reads nothing. */
async function flood(node: Server): Promise<void> {
  const writer = await node.rest('writer', { role: 'service' })
  const create = { op: 'create', channel, collection: 'messages', data: { text: 'x'.repeat(20_000) } }
  for (let batch = 0; batch < 16; batch++)
    expect((await writer.post('/v1/batch', { writes: Array.from({ length: 40 }, () => create) })).status).toBe(200)
}

test('a slow reader, a reset, a refused token and a stopped Redis show in metrics, status and log', {
  timeout: 6 * patienceMs,
}, async () => {
  const { redis, nodes, first, status, metric, logged } = await world()
  await load(nodes)
  await expect.poll(async () => (await status()).nodes.length, patience).toBe(3)
  await expect.poll(async () => (await status()).channels[0]?.changesPerSecond ?? 0, patience).toBeGreaterThan(1)

  const slow = await first.connect('sam')
  await slow.subscribe(channel)
  slow.pause()
  await flood(first)
  const slowUsers = async () => (await status()).slowReaders.map(({ user }) => user)
  await expect.poll(slowUsers, patience).toContain('sam')
  expect(await metric('dovetail_readers_behind', 'transport="websocket"')).toBeGreaterThanOrEqual(1)
  await expect.poll(() => metric('dovetail_closed_total', 'code="4408"'), patience).toBe(1)
  expect((await status()).ends).toContainEqual(expect.objectContaining({ user: 'sam', code: 4408 }))
  expect(logged('connection_dead')).toContainEqual(expect.objectContaining({ user: 'sam', level: 40 }))

  const dora = await first.connect('dora')
  await dora.command('subscribe', { channel, after: 'another.7' })
  expect(await metric('dovetail_resets_total', 'reason="epoch"')).toBe(1)
  expect((await status()).resets[0]).toMatchObject({ channel, reason: 'epoch', user: 'dora' })
  await expect.poll(() => logged('reader_reset'), patience).toMatchObject([{ reason: 'epoch', user: 'dora' }])

  const forged = await first.rest('mallory', { secret: 'another secret, which is long enough to sign with it' })
  expect((await forged.get(at(channel))).code).toBe('unauthenticated')
  expect(await metric('dovetail_refused_total', 'code="unauthenticated"')).toBe(1)
  expect((await status()).refusals[0]).toMatchObject({ code: 'unauthenticated', address: '127.0.0.1' })
  await expect.poll(() => logged('refused'), patience).toMatchObject([{ code: 'unauthenticated' }])

  await redis.kill()
  await expect.poll(() => metric('dovetail_part_up', 'part="backbone"'), patience).toBe(0)
  // Nobody is heard of any more, and this node serves on.
  await expect.poll(async () => (await status()).nodes.length, patience).toBe(1)
  expect(logged('failure').map(({ msg }) => msg)).toContainEqual(expect.stringContaining('by Redis'))
})
