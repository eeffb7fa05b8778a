/** The join, over three nodes: what a client sees of a cluster is what it sees of one server. */
import { createClient } from 'redis'
import { expect, onTestFinished, test } from 'vitest'
import { RawReader } from '../join/raw-reader.ts'
import type { Reader, ReaderOptions } from '../join/reader.ts'
import { runJoin } from '../join/run-join.ts'
import { makeSdkReader } from '../join/sdk-reader.ts'
import { at } from '../support/paths.ts'
import { asOne, type Fault, startCluster } from './cluster.ts'
import { postgresAndRedis } from './postgres-and-redis.ts'

/** `SEED=…` plays another one, as `npm run soak` does. */
const seed = Number(process.env.SEED ?? 1)

const services = postgresAndRedis()

const transports = ['websocket', 'sse', 'long-poll', 'poll'] as const

/** Raw sockets, and the SDK by every transport, in turn. */
function readerOf(): (options: ReaderOptions) => Reader {
  let count = 0
  return (options) => {
    const transport = transports[(count++ >> 1) % transports.length]
    return count % 2 === 0 ? new RawReader(options) : makeSdkReader(options, transport)
  }
}

test(`[RUN11, PRM2, PRM3, PRM4, PRM5, PRM6] readers miss nothing when PostgreSQL, Redis and a node are killed (seed ${seed})`, {
  timeout: 240_000,
}, async () => {
  const store = await services.postgres.createDatabase('joined')
  const cluster = await startCluster({ store, backbone: services.redis.url, nodes: 3 })
  const stopped = async (): Promise<void> => {}
  const faults: Fault[] = [
    { begin: () => cluster.restart(0, 'SIGKILL'), end: stopped },
    { begin: () => services.redis.kill(), end: () => services.redis.restart() },
    { begin: () => services.postgres.kill(), end: () => services.postgres.restart() },
  ]
  const server = asOne(cluster, faults)
  const options = { seed, server, writers: 4, writesEach: 200, readers: 24, kills: faults.length }
  const complaints = await runJoin({ ...options, makeReader: readerOf() })
  expect(complaints.slice(0, 20), `seed ${seed}`).toEqual([])
})

test(`[RUN9, B43] readers miss nothing during a rolling restart (seed ${seed})`, {
  timeout: 240_000,
}, async () => {
  const store = await services.postgres.createDatabase('rolling')
  const cluster = await startCluster({ store, backbone: services.redis.url, nodes: 3 })
  const faults = [0, 1, 2].map((index): Fault => {
    return { begin: () => cluster.restart(index, 'SIGTERM'), end: async () => {} }
  })
  const options = { seed, server: asOne(cluster, faults), writers: 4, writesEach: 100, readers: 16, kills: 3 }
  const complaints = await runJoin({ ...options, makeReader: readerOf() })
  expect(complaints.slice(0, 20), `seed ${seed}`).toEqual([])
})

/** How many Redis hears for: each node has one connection for it. */
async function hearers(client: Awaited<ReturnType<typeof connected>>): Promise<number> {
  const list = String(await client.sendCommand(['CLIENT', 'LIST', 'TYPE', 'PUBSUB']))
  return list.split('\n').filter((line) => line.includes('addr=')).length
}

async function connected() {
  const client = await createClient({ url: services.redis.url }).connect()
  onTestFinished(() => client.destroy())
  return client
}

test('[B58] a node that Redis disconnects for not reading subscribes again, and its readers miss nothing', {
  timeout: 120_000,
}, async () => {
  const channel = 'chat:slow'
  const cluster = await startCluster({
    store: await services.postgres.createDatabase('slow'),
    backbone: services.redis.url,
    nodes: 2,
  })
  const [here, there] = [cluster.node(0), cluster.node(1)]
  const alice = await here.server.rest('alice')
  await alice.post(at(channel), { text: 'first' })
  const socket = await there.server.connect('bob')
  await socket.subscribe(channel)
  const client = await connected()
  await client.sendCommand(['CONFIG', 'SET', 'client-output-buffer-limit', 'pubsub 256kb 0 0'])
  process.kill(there.pid, 'SIGSTOP')
  try {
    await alice.post(at(channel), { text: 'while it took nothing' })
    // What else comes to the channel: more than the sockets between them hold.
    const bulk = 'x'.repeat(1_000_000)
    const before = await hearers(client)
    for (let i = 0; i < 100 && (await hearers(client)) === before; i++)
      await client.publish(`dovetail:0:channel:${channel}`, bulk)
    expect(await hearers(client)).toBe(before - 1)
    await alice.post(at(channel), { text: 'while it was cut off' })
  } finally {
    process.kill(there.pid, 'SIGCONT')
  }
  await socket.reached(channel, 3)
  const metrics = async () => (await (await there.server.rest()).get('/metrics')).text
  await expect.poll(metrics).toMatch(/^dovetail_notification_gaps_total [1-9]/m)
  await alice.post(at(channel), { text: 'after' })
  const ranges = await socket.reached(channel, 4)
  expect(ranges.map(({ from }) => from)).toEqual([1, ...ranges.map(({ to }) => to)].slice(0, ranges.length))
})
