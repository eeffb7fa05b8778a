/**
 * What more nodes bring and what the doorbell between them costs: PostgreSQL, Redis or Kafka, and
 * nodes as `dovetail cluster` starts them. All of it shares the machine, so the figures show the
 * shape of it; capacity is measured on machines of one's own.
 */
import type { Cluster } from '../../cluster/start-cluster.ts'
import type { BenchSettings } from '../bench-settings.ts'
import { measureFanOut } from '../pour.ts'
import type { Row } from '../report.ts'
import { costOf, faults } from '../told.ts'
import { balancers } from './balancers.ts'
import { bells } from './bells.ts'
import { clusterPeers } from './cluster-peers.ts'
import { type Backbone, dovetailTarget, startDovetailCluster } from './dovetail-cluster.ts'
import { hotChannel } from './hot-channel.ts'
import { warmUpAll } from './warm-up-all.ts'

type Tell = (line: string) => void

/** By name, `npm run bench -- cluster-bells`; all of them are `cluster`. */
export const clusterParts = {
  'cluster-nodes': moreNodes,
  'cluster-hot': hotChannels,
  'cluster-balancers': behindBalancers,
  'cluster-bells': overBackbones,
  'cluster-peers': clusterPeers,
} as const

const readers = 300
const perSecond = 100

async function moreNodes(settings: BenchSettings, tell: Tell): Promise<Row[]> {
  const rows: Row[] = []
  for (const nodes of [1, 2, 3]) {
    await withCluster(settings, nodes, 'redis', async (cluster) => {
      const name = nodes === 1 ? '1 node' : `${nodes} nodes`
      const target = { ...dovetailTarget(cluster), name }
      await warmUpAll(target)
      const { seconds } = settings
      const result = await measureFanOut(target, { readers, perSecond, seconds })
      rows.push({
        title: `${name}, ${readers} readers, ${perSecond} msg/s: delivery p99${nodes === 1 ? '' : ' on another node'}`,
        value: result.p99,
        unit: 'ms',
        limit: null,
        detail: `${(result.received / (seconds + result.late)).toFixed(0)} deliveries a second, ${costOf(result)}`,
      })
      rows.push(...faults([result]))
    })
    tell(`${nodes} nodes measured`)
  }
  return rows
}

async function hotChannels(settings: BenchSettings, tell: Tell): Promise<Row[]> {
  const rows: Row[] = []
  for (const nodes of [1, 3]) {
    await withCluster(settings, nodes, 'redis', async (cluster) => {
      rows.push(...(await hotChannel(cluster, settings)))
    })
    tell(`a hot channel from ${nodes} nodes measured`)
  }
  return rows
}

async function behindBalancers(settings: BenchSettings, tell: Tell): Promise<Row[]> {
  let rows: Row[] = []
  await withCluster(settings, 3, 'redis', async (cluster) => {
    rows = await balancers(cluster, settings, tell)
  })
  return rows
}

async function overBackbones(settings: BenchSettings, tell: Tell): Promise<Row[]> {
  const rows: Row[] = []
  for (const kind of ['redis', 'kafka'] as const) {
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
  backbone: Backbone,
  measure: (cluster: Cluster) => Promise<void>,
): Promise<void> {
  const cluster = await startDovetailCluster(settings, nodes, backbone)
  try {
    await measure(cluster)
  } finally {
    await cluster.stop()
  }
}
