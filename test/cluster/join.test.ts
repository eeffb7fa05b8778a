/** The join, over three nodes: what a client sees of a cluster is what it sees of one server. */
import { type Postgres, type RedisService, startPostgres, startRedis } from '@dovetail/lab/services'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { RawReader } from '../join/raw-reader.ts'
import type { ReaderOptions } from '../join/reader.ts'
import { runJoin } from '../join/run-join.ts'
import { SdkReader } from '../join/sdk-reader.ts'
import { asOne, type Fault, startCluster } from './cluster.ts'

/** `JOIN_SEED=…` plays a seed again that a failure named. */
const seed = Number(process.env.JOIN_SEED ?? Date.now() % 1_000_000)

let postgres: Postgres
let redis: RedisService
beforeAll(async () => {
  ;[postgres, redis] = await Promise.all([startPostgres(), startRedis()])
})
afterAll(async () => {
  await Promise.all([postgres.stop(), redis.stop()])
})

const transports = ['websocket', 'sse', 'long-poll', 'poll'] as const

/** Raw sockets, and the SDK by every transport, in turn. */
function readerOf(): (options: ReaderOptions) => RawReader | SdkReader {
  let count = 0
  return (options) => {
    const transport = transports[(count++ >> 1) % transports.length]
    return count % 2 === 0 ? new RawReader(options) : new SdkReader(options, transport)
  }
}

test(`[PRM2, PRM3, PRM4, PRM5, PRM6] PostgreSQL and Redis, of which each, and a node, is killed (seed ${seed})`, {
  timeout: 240_000,
}, async () => {
  const store = await postgres.createDatabase('joined')
  const cluster = await startCluster({ store, backbone: redis.url, nodes: 3 })
  const stopped = async (): Promise<void> => {}
  const faults: Fault[] = [
    { begin: () => cluster.killAndRestart(0), end: stopped },
    { begin: () => redis.kill(), end: () => redis.restart() },
    { begin: () => postgres.kill(), end: () => postgres.restart() },
  ]
  const server = asOne(cluster, faults)
  const options = { seed, server, writers: 4, writesEach: 200, readers: 24, kills: faults.length }
  const complaints = await runJoin({ ...options, makeReader: readerOf() })
  expect(complaints.slice(0, 20), `seed ${seed}`).toEqual([])
})
