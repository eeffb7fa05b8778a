/**
 * What more nodes bring and what the doorbell between them costs: PostgreSQL, Redis or Kafka, and
 * nodes as `dovetail cluster` starts them. All of it shares the machine, so the figures show the
 * shape of it; capacity is measured on machines of one's own.
 */
import { performance } from 'node:perf_hooks'
import { type Cluster, startCluster } from '../cluster/start-cluster.ts'
import { DeliveryLog } from '../load/delivery-log.ts'
import { openLoop } from '../load/open-loop.ts'
import { eachIndex, payloadText } from '../load/payload.ts'
import { PostPool } from '../load/post-pool.ts'
import { openCrowd, openSocket } from '../load/reader-crowd.ts'
import { startNginx } from '../services/nginx.ts'
import type { BenchSettings } from './bench-settings.ts'
import { dovetailReaders } from './dovetail-readers.ts'
import { payloadBytes, requireStatus } from './fan-out.ts'
import { processUsage } from './process-usage.ts'
import type { Row } from './report.ts'
import { serviceToken } from './service-token.ts'

const secret = 'the secret of one benchmark run, of 32 characters or more'
const channel = 'chat:bench'
const readers = 300
const perSecond = 100
const postLines = 16
const hotLines = 64
const bellsPerSecond = 300
const kinds = ['redis', 'kafka'] as const

/** A change is seen on another node within so many ms, half of all and 99 of 100. */
const allowedDelay = { redis: [20, 100], kafka: [50, 200] } as const
/** Acknowledged writes a second to one channel, flushed. */
const wantedWrites = 1000

export async function clusterCosts(settings: BenchSettings, tell: (line: string) => void): Promise<Row[]> {
  const rows: Row[] = []
  for (const nodes of [1, 2, 3]) {
    await withCluster(settings, nodes, 'redis', async (cluster) => {
      rows.push(...(await fanOut(cluster, settings)))
      if (nodes !== 2) rows.push(await hotChannel(cluster, settings))
      if (nodes === 3) rows.push(...(await balancers(cluster)))
    })
    tell(`${nodes} nodes measured`)
  }
  for (const kind of kinds) {
    await withCluster(settings, 2, kind, async (cluster) => {
      rows.push(...(await bells(cluster, settings, kind)))
    })
    tell(`bells over ${kind} measured`)
  }
  return rows
}

async function withCluster(
  settings: BenchSettings,
  nodes: number,
  backbone: (typeof kinds)[number],
  measure: (cluster: Cluster) => Promise<void>,
): Promise<void> {
  const dovetail = [process.execPath, settings.dovetail]
  const cluster = await startCluster({ dovetail, nodes, backbone, secret, args: ['--log', 'warn'] })
  try {
    await measure(cluster)
  } finally {
    await cluster.stop()
  }
}

const body = (index: number): string => `{"text":"${payloadText(index, payloadBytes)}"}`

function poolsOf(cluster: Cluster, lines: number): PostPool[] {
  const token = serviceToken(secret)
  const path = `/v1/channels/${channel}/messages`
  return cluster.nodes.map(({ port }) => new PostPool({ port, path, token, lines }))
}

function cpuOf(cluster: Cluster): number {
  return cluster.nodes.reduce((sum, { pid }) => sum + processUsage(pid).cpu, 0)
}

interface Poured {
  readonly log: DeliveryLog
  /** Microseconds, of all nodes. */
  readonly cpu: number
}

/** Messages at a fixed rate, given by `to`, to readers that are spread by `at`. */
async function pour(
  cluster: Cluster,
  load: {
    readonly readers: number
    readonly at: (reader: number) => number
    readonly to: (index: number) => number
    readonly perSecond: number
    readonly seconds: number
  },
): Promise<Poured> {
  const pools = poolsOf(cluster, postLines)
  await Promise.all(pools.flatMap((pool) => Array.from({ length: 200 }, (_, i) => pool.post(body(i)))))
  const count = Math.round(load.perSecond * load.seconds)
  const log = new DeliveryLog({ readers: load.readers, messages: count })
  const openers = cluster.nodes.map(({ port }) => dovetailReaders(port, channel, 'websocket'))
  const crowd = await openCrowd({
    count: load.readers,
    open: async (reader) => {
      const open = openers[load.at(reader)]
      if (open === undefined) throw new Error('a reader has no node')
      return open((bytes, start, end) => eachIndex(bytes, start, end, (index) => log.note(reader, index)))
    },
  })
  const before = cpuOf(cluster)
  const answers: Promise<void>[] = []
  const loop = openLoop({
    perSecond: load.perSecond,
    count,
    send: (index) => {
      const posted = pools[load.to(index)]?.post(body(index))
      if (posted !== undefined) answers.push(posted.then(({ status, body: text }) => requireStatus(201, status, text)))
    },
  })
  log.begin(loop.intended)
  await loop.sent
  await Promise.all(answers)
  await log.complete
  const cpu = cpuOf(cluster) - before
  crowd.close()
  for (const pool of pools) pool.close()
  return { log, cpu }
}

async function fanOut(cluster: Cluster, { seconds }: BenchSettings): Promise<Row[]> {
  const nodes = cluster.nodes.length
  const turn = (number: number): number => number % nodes
  const { log, cpu } = await pour(cluster, { readers, at: turn, to: turn, perSecond, seconds })
  const { received, lost, repeated, reordered, p50, p99 } = log.result()
  const title = `${nodes} nodes, ${readers} readers, ${perSecond} msg/s`
  return [
    {
      title: `${title}: delivery p99`,
      value: p99,
      unit: 'ms',
      limit: null,
      detail: `p50 ${p50.toFixed(1)} ms, ${(received / seconds).toFixed(0)} deliveries a second, ${(cpu / received).toFixed(2)} µs of CPU each`,
    },
    {
      title: `${title}: lost, repeated or reordered`,
      value: lost + repeated + reordered,
      unit: 'deliveries',
      limit: 0,
      detail: `of ${received}`,
    },
  ]
}

/** One node writes, one reader listens on the other: what hearing costs, and how long it takes. */
async function bells(cluster: Cluster, { seconds }: BenchSettings, kind: (typeof kinds)[number]): Promise<Row[]> {
  const hearing = cluster.nodes[1]
  if (hearing === undefined) throw new Error('there is no second node')
  const before = processUsage(hearing.pid).cpu
  const load = { readers: 1, at: () => 1, to: () => 0, seconds }
  const idle = await pour(cluster, { ...load, perSecond: 20 })
  const betweenCpu = processUsage(hearing.pid).cpu
  await pour(cluster, { ...load, perSecond: bellsPerSecond })
  const cpu = processUsage(hearing.pid).cpu - betweenCpu - (betweenCpu - before)
  const { p50, p99 } = idle.log.result()
  const [allowed50, allowed99] = allowedDelay[kind]
  const row = (name: string, value: number, limit: number, detail: string): Row => ({
    title: `seen on another node over ${kind}, 20 msg/s: ${name}`,
    value,
    unit: 'ms',
    limit,
    detail,
  })
  return [
    row('p50', p50, allowed50, 'from the moment a message was meant to be sent, its commit counted'),
    row('p99', p99, allowed99, ''),
    {
      title: `hearing a bell over ${kind}: CPU of the node`,
      value: cpu / ((bellsPerSecond - 20) * seconds),
      unit: 'µs',
      limit: null,
      detail: `at ${bellsPerSecond} a second, less what 20 a second cost; its one reader's deliveries are in it`,
    },
  ]
}

/** As fast as it goes, from every node at once. */
async function hotChannel(cluster: Cluster, { seconds }: BenchSettings): Promise<Row> {
  const nodes = cluster.nodes.length
  const pools = poolsOf(cluster, Math.ceil(hotLines / nodes))
  const endAt = performance.now() + seconds * 1000
  let written = 0
  const writer = async (pool: PostPool): Promise<void> => {
    while (performance.now() < endAt) {
      const { status, body: text } = await pool.post(body(written))
      requireStatus(201, status, text)
      written++
    }
  }
  await Promise.all(pools.flatMap((pool) => Array.from({ length: Math.ceil(hotLines / nodes) }, () => writer(pool))))
  for (const pool of pools) pool.close()
  const rate = written / seconds
  return {
    title: `one hot channel on PostgreSQL, from ${nodes} nodes: a write`,
    value: 1e6 / rate,
    unit: 'µs',
    limit: 1e6 / wantedWrites,
    detail: `${rate.toFixed(0)} acknowledged and flushed writes a second (${wantedWrites} wanted), ${hotLines} at a time`,
  }
}

/** Everybody comes back at once through nginx: each to the next node, or each address to one of its own. */
async function balancers(cluster: Cluster): Promise<Row[]> {
  const ports = cluster.nodes.map(({ port }) => port)
  const cursor = await cursorNow(cluster)
  const pools = poolsOf(cluster, postLines)
  await Promise.all(Array.from({ length: missed }, (_, index) => pools[index % pools.length]?.post(body(index))))
  for (const pool of pools) pool.close()
  const rows: Row[] = []
  for (const sticky of [null, 'address'] as const) {
    const nginx = await startNginx({ ports, ...(sticky === null ? {} : { sticky }) })
    try {
      await comeBack(cluster, nginx.port, cursor)
      const { seconds, cpu } = await comeBack(cluster, nginx.port, cursor)
      rows.push({
        title: `${returning} readers back through nginx, ${sticky === null ? 'round-robin' : 'sticky by address'}: all caught up`,
        value: seconds,
        unit: 's',
        limit: null,
        detail: `${missed} missed each; ${cpu.toFixed(2)} s of CPU of three nodes`,
      })
    } finally {
      await nginx.stop()
    }
  }
  return rows
}

const returning = 500
const missed = 100

async function cursorNow({ url }: Cluster): Promise<string> {
  const response = await fetch(`${url}/v1/channels/${channel}`)
  return ((await response.json()) as { cursor: string }).cursor
}

async function comeBack(
  cluster: Cluster,
  port: number,
  cursor: string,
): Promise<{ readonly seconds: number; readonly cpu: number }> {
  const log = new DeliveryLog({ readers: returning, messages: missed })
  const hello = JSON.stringify({ id: 1, op: 'hello' })
  const subscribe = JSON.stringify({ id: 2, op: 'subscribe', channel, after: cursor })
  const before = cpuOf(cluster)
  const began = performance.now()
  const crowd = await openCrowd({
    count: returning,
    atATime: returning,
    open: (reader) =>
      openSocket({
        port,
        path: '/v1/ws',
        // nginx tells addresses apart by their first three numbers.
        from: `127.0.${reader % 200}.1`,
        greeting: [hello, subscribe],
        onText: (bytes, start, end) => eachIndex(bytes, start, end, (index) => log.note(reader, index)),
      }),
  })
  await log.complete
  const seconds = (performance.now() - began) / 1000
  crowd.close()
  return { seconds, cpu: (cpuOf(cluster) - before) / 1e6 }
}
