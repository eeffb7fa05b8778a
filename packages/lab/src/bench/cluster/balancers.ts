/** Measures nginx in front of three nodes: the cost of round-robin, and of sending each address to one node. */
import type { Cluster } from '../../cluster/start-cluster.ts'
import { payloadText } from '../../load/payload.ts'
import { PostPool } from '../../load/post-pool.ts'
import { pinProcesses } from '../../processes/pin-processes.ts'
import { type Nginx, startNginx } from '../../services/nginx.ts'
import { benchChannel, dovetailPost, plainBody } from '../candidates/candidate.ts'
import { type Parts, usageOf } from '../candidates/cluster-target.ts'
import { dovetailTarget, partsOf } from '../candidates/dovetail-cluster.ts'
import { dovetailReaders, readCursor } from '../candidates/dovetail-readers.ts'
import type { FirehoseTarget } from '../candidates/firehose-target.ts'
import { faultRows, formatCost, formatResult } from '../drivers/fan-out-rows.ts'
import { measureFanOut } from '../drivers/firehose.ts'
import { reconnectReaders } from '../drivers/reconnect-readers.ts'
import { payloadBytes } from '../drivers/run-firehose.ts'
import { warmUpNodes } from '../drivers/warm-up-nodes.ts'
import type { Row } from '../report/report.ts'
import type { BenchSettings } from '../settings/bench-settings.ts'

const returning = 500
const missed = 100
const warmUpReturns = 4
/** In this benchmark, each message makes every reader send one request. */
const polls = { readers: 200, perSecond: 10 } as const
const affinities = [null, 'address'] as const

export async function balancers(
  cluster: Cluster,
  settings: BenchSettings,
  report: (line: string) => void,
): Promise<Row[]> {
  const ports = cluster.nodes.map(({ port }) => port)
  await warmUpNodes(dovetailTarget(cluster))
  const rows: Row[] = []
  // Each way once before either counts: the one that is measured on colder code would look dearer.
  for (const [turn, sticky] of [...affinities, ...affinities].entries()) {
    const nginx = await startNginx({ ports, ...(sticky === null ? {} : { sticky }) })
    const name = sticky === null ? 'round-robin' : 'sticky by address'
    const parts = { ...partsOf(cluster), nginx: [nginx.pid] }
    pinProcesses(settings.clusterCores, parts.nginx)
    try {
      const back = await reconnectAll(cluster, nginx, name, parts)
      if (turn < affinities.length) continue
      rows.push(back)
      const result = await measureFanOut(pollsThrough(nginx, name, parts), { ...polls, seconds: settings.seconds })
      report(formatResult(result))
      rows.push({
        title: `${polls.readers} long-polls through nginx, ${polls.perSecond} msg/s, ${name}: CPU per delivery`,
        value: result.cpu,
        unit: 'µs',
        limit: null,
        detail: formatCost(result),
      })
      rows.push(...faultRows([result]))
    } finally {
      await nginx.stop()
    }
  }
  return rows
}

function pollsThrough(nginx: Nginx, name: string, parts: Parts): FirehoseTarget {
  let opened = 0
  const { port } = nginx
  return {
    name: `long-poll, ${name}`,
    endpoints: [
      {
        post: dovetailPost(port),
        openReader: (onText) => dovetailReaders(port, benchChannel, 'long-poll', addressOf(opened++))(onText),
      },
    ],
    body: plainBody,
    status: 201,
    ...usageOf(parts),
  }
}

/** Addresses that nginx tells apart: it uses the first three numbers. */
function addressOf(reader: number): string {
  return `127.0.${reader % 200}.1`
}

async function reconnectAll(cluster: Cluster, nginx: Nginx, name: string, parts: Parts): Promise<Row> {
  const cursor = await readCursor(nginx.port, benchChannel)
  const [node] = cluster.nodes
  if (node === undefined) throw new Error('there is no node')
  const pool = new PostPool({ ...dovetailPost(node.port), connections: 16 })
  await Promise.all(
    Array.from({ length: missed }, (_, index) => pool.post(plainBody(payloadText(index, payloadBytes)))),
  )
  pool.close()
  for (let time = 0; time < warmUpReturns; time++) await measureReconnect(cluster, nginx.port, cursor, parts)
  const { seconds, cpu, spread, faulty } = await measureReconnect(cluster, nginx.port, cursor, parts)
  return {
    title: `${returning} readers back through nginx, ${name}: all caught up`,
    value: seconds,
    unit: 's',
    limit: null,
    detail: `${missed} missed each, ${faulty} lost or repeated; CPU ${cpu}; readers by node ${spread}`,
  }
}

async function measureReconnect(
  { nodes }: Cluster,
  port: number,
  cursor: string,
  parts: Parts,
): Promise<{ readonly seconds: number; readonly cpu: string; readonly spread: string; readonly faulty: number }> {
  const { parts: used } = usageOf(parts)
  const before = used?.() ?? {}
  const back = { port, path: '/v1/ws', readers: returning, missed, cursor, from: addressOf }
  const {
    seconds,
    faults: faulty,
    probed,
  } = await reconnectReaders(back, async () => ({
    used: Object.entries(used?.() ?? {}),
    spread: (await Promise.all(nodes.map((node) => readersOn(node.port)))).join(', '),
  }))
  const cpu = probed.used
    .map(([name, micros]) => `${name} ${((micros - (before[name] ?? 0)) / 1e6).toFixed(2)} s`)
    .join(', ')
  return { seconds, cpu, spread: probed.spread, faulty }
}

async function readersOn(port: number): Promise<number> {
  const { token = '' } = dovetailPost(port)
  const response = await fetch(`http://127.0.0.1:${port}/metrics`, { headers: { authorization: `Bearer ${token}` } })
  return Number(/^dovetail_connections (\d+)/m.exec(await response.text())?.[1] ?? Number.NaN)
}
