/** nginx in front of three nodes: each request to the next node, or each address to one of its own. What both cost. */
import type { Cluster } from '../../cluster/start-cluster.ts'
import { payloadText } from '../../load/payload.ts'
import { PostPool } from '../../load/post-pool.ts'
import { type Nginx, startNginx } from '../../services/nginx.ts'
import type { BenchSettings } from '../bench-settings.ts'
import { comeBack } from '../come-back.ts'
import { benchChannel, dovetailPost, plainBody } from '../contender.ts'
import { cursorOf, dovetailReaders } from '../dovetail-readers.ts'
import { measureFanOut, payloadBytes } from '../pour.ts'
import type { PourTarget } from '../pour-target.ts'
import type { Row } from '../report.ts'
import { costOf, faults, lineOf } from '../told.ts'
import { type Parts, usageOf } from './cluster-target.ts'
import { dovetailTarget, partsOf } from './dovetail-cluster.ts'
import { keepTo } from './keep-to.ts'
import { warmUpAll } from './warm-up-all.ts'

const returning = 500
const missed = 100
const warmUpReturns = 4
/** Each message is a request of every reader here. */
const polls = { readers: 200, perSecond: 10 } as const
const ways = [null, 'address'] as const

export async function balancers(
  cluster: Cluster,
  settings: BenchSettings,
  tell: (line: string) => void,
): Promise<Row[]> {
  const ports = cluster.nodes.map(({ port }) => port)
  await warmUpAll(dovetailTarget(cluster))
  const rows: Row[] = []
  // Each way once before either counts: the one that is measured on colder code would look dearer.
  for (const [turn, sticky] of [...ways, ...ways].entries()) {
    const nginx = await startNginx({ ports, ...(sticky === null ? {} : { sticky }) })
    const name = sticky === null ? 'round-robin' : 'sticky by address'
    const parts = { ...partsOf(cluster), nginx: [nginx.pid] }
    keepTo(settings.clusterCores, parts.nginx)
    try {
      const back = await everybodyBack(cluster, nginx, name, parts)
      if (turn < ways.length) continue
      rows.push(back)
      const result = await measureFanOut(pollsThrough(nginx, name, parts), { ...polls, seconds: settings.seconds })
      tell(lineOf(result))
      rows.push({
        title: `${polls.readers} long-polls through nginx, ${polls.perSecond} msg/s, ${name}: CPU per delivery`,
        value: result.cpu,
        unit: 'µs',
        limit: null,
        detail: costOf(result),
      })
      rows.push(...faults([result]))
    } finally {
      await nginx.stop()
    }
  }
  return rows
}

function pollsThrough(nginx: Nginx, name: string, parts: Parts): PourTarget {
  let opened = 0
  const { port } = nginx
  return {
    name: `long-poll, ${name}`,
    doors: [
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

/** nginx tells addresses apart by their first three numbers. */
function addressOf(reader: number): string {
  return `127.0.${reader % 200}.1`
}

async function everybodyBack(cluster: Cluster, nginx: Nginx, name: string, parts: Parts): Promise<Row> {
  const cursor = await cursorOf(nginx.port, benchChannel)
  const [node] = cluster.nodes
  if (node === undefined) throw new Error('there is no node')
  const pool = new PostPool({ ...dovetailPost(node.port), lines: 16 })
  await Promise.all(
    Array.from({ length: missed }, (_, index) => pool.post(plainBody(payloadText(index, payloadBytes)))),
  )
  pool.close()
  for (let time = 0; time < warmUpReturns; time++) await returned(cluster, nginx.port, cursor, parts)
  const { seconds, cpu, spread, faulty } = await returned(cluster, nginx.port, cursor, parts)
  return {
    title: `${returning} readers back through nginx, ${name}: all caught up`,
    value: seconds,
    unit: 's',
    limit: null,
    detail: `${missed} missed each, ${faulty} lost or repeated; CPU ${cpu}; readers by node ${spread}`,
  }
}

async function returned(
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
    seen,
  } = await comeBack(back, async () => ({
    used: Object.entries(used?.() ?? {}),
    spread: (await Promise.all(nodes.map((node) => readersOn(node.port)))).join(', '),
  }))
  const cpu = seen.used
    .map(([name, micros]) => `${name} ${((micros - (before[name] ?? 0)) / 1e6).toFixed(2)} s`)
    .join(', ')
  return { seconds, cpu, spread: seen.spread, faulty }
}

async function readersOn(port: number): Promise<number> {
  const { token = '' } = dovetailPost(port)
  const response = await fetch(`http://127.0.0.1:${port}/metrics`, { headers: { authorization: `Bearer ${token}` } })
  return Number(/^dovetail_connections (\d+)/m.exec(await response.text())?.[1] ?? Number.NaN)
}
