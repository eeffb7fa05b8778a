/**
 * Measures the gain of more nodes and the cost of the notifications between them, with PostgreSQL, Redis or Kafka, and
 * nodes as `dovetail cluster` starts them. All processes share one machine, so the figures show proportions; measure
 * capacity on separate machines.
 */
import type { Cluster, ClusterBackbone } from '../../cluster/start-cluster.ts'
import { dovetailTarget, startDovetailCluster } from '../candidates/dovetail-cluster.ts'
import { faultRows, formatCost } from '../drivers/fan-out-rows.ts'
import { measureFanOut } from '../drivers/firehose.ts'
import { warmUpNodes } from '../drivers/warm-up-nodes.ts'
import type { Row } from '../report/report.ts'
import type { BenchSettings } from '../settings/bench-settings.ts'
import { balancers } from './balancers.ts'
import { clusterPeers } from './cluster-peers.ts'
import { hotChannel } from './hot-channel.ts'
import { notifications } from './notifications.ts'

type Report = (line: string) => void

/** By name, `npm run bench -- cluster-notifications`; all of them are `cluster`. */
export const clusterParts = {
  'cluster-nodes': measureNodes,
  'cluster-hot': measureHotChannels,
  'cluster-balancers': measureBalancers,
  'cluster-notifications': measureNotifications,
  'cluster-peers': clusterPeers,
} as const

const readers = 300
const perSecond = 100

async function measureNodes(settings: BenchSettings, report: Report): Promise<Row[]> {
  const rows: Row[] = []
  for (const nodes of [1, 2, 3]) {
    await withCluster(settings, nodes, 'redis', async (cluster) => {
      const name = nodes === 1 ? '1 node' : `${nodes} nodes`
      const target = { ...dovetailTarget(cluster), name }
      await warmUpNodes(target)
      const { seconds } = settings
      const result = await measureFanOut(target, { readers, perSecond, seconds })
      rows.push({
        title: `${name}, ${readers} readers, ${perSecond} msg/s: delivery p99${nodes === 1 ? '' : ' on another node'}`,
        value: result.p99,
        unit: 'ms',
        limit: null,
        detail: `${(result.received / (seconds + result.late)).toFixed(0)} deliveries a second, ${formatCost(result)}`,
      })
      rows.push(...faultRows([result]))
    })
    report(`${nodes} nodes measured`)
  }
  return rows
}

async function measureHotChannels(settings: BenchSettings, report: Report): Promise<Row[]> {
  const rows: Row[] = []
  for (const [nodes, backbone] of [
    [1, 'redis'],
    [3, 'redis'],
    [3, 'postgres'],
  ] as const) {
    await withCluster(settings, nodes, backbone, async (cluster) => {
      rows.push(...(await hotChannel(cluster, settings, backbone)))
    })
    report(`a hot channel from ${nodes} nodes over ${backbone} measured`)
  }
  return rows
}

async function measureBalancers(settings: BenchSettings, report: Report): Promise<Row[]> {
  let rows: Row[] = []
  await withCluster(settings, 3, 'redis', async (cluster) => {
    rows = await balancers(cluster, settings, report)
  })
  return rows
}

async function measureNotifications(settings: BenchSettings, report: Report): Promise<Row[]> {
  const rows: Row[] = []
  for (const kind of ['redis', 'postgres', 'kafka'] as const) {
    await withCluster(settings, 2, kind, async (cluster) => {
      rows.push(...(await notifications(cluster, settings, kind)))
    })
    report(`notifications over ${kind} measured`)
  }
  return rows
}

async function withCluster(
  settings: BenchSettings,
  nodes: number,
  backbone: ClusterBackbone,
  measure: (cluster: Cluster) => Promise<void>,
): Promise<void> {
  const cluster = await startDovetailCluster(settings, nodes, backbone)
  try {
    await measure(cluster)
  } finally {
    await cluster.stop()
  }
}
