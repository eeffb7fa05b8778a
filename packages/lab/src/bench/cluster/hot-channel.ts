/** Many writers to one channel: how many flushed writes PostgreSQL acknowledges, from one node or from all nodes. */
import type { Cluster, ClusterBackbone } from '../../cluster/start-cluster.ts'
import { payloadText } from '../../load/payload.ts'
import { PostPool } from '../../load/post-pool.ts'
import { dovetailPost, plainBody } from '../candidates/candidate.ts'
import { dovetailTarget } from '../candidates/dovetail-cluster.ts'
import { postAtRate } from '../drivers/post-at-rate.ts'
import { payloadBytes } from '../drivers/run-firehose.ts'
import { warmUpNodes } from '../drivers/warm-up-nodes.ts'
import type { Row } from '../report/report.ts'
import type { BenchSettings } from '../settings/bench-settings.ts'

const perSecond = 2000
/** Acknowledged writes a second to one channel, flushed. */
const wanted = 1000
/** The number of writers that write at the same time, over all nodes. */
const connections = 256

export async function hotChannel(
  cluster: Cluster,
  { seconds }: BenchSettings,
  backbone: ClusterBackbone,
): Promise<Row[]> {
  const nodes = cluster.nodes.length
  await warmUpNodes(dovetailTarget(cluster))
  const pools = cluster.nodes.map(
    ({ port }) => new PostPool({ ...dovetailPost(port), connections: Math.ceil(connections / nodes) }),
  )
  const count = Math.round(perSecond * seconds)
  const posted = await postAtRate({
    perSecond,
    count,
    post: (index) => {
      const pool = pools[index % nodes]
      if (pool === undefined) throw new Error('a node has no lines')
      return pool.post(plainBody(payloadText(index, payloadBytes)))
    },
  })
  for (const pool of pools) pool.close()
  const rate = count / posted.seconds
  return [
    {
      title: `one hot channel on PostgreSQL, ${perSecond} writes/s from ${nodes === 1 ? '1 node' : `${nodes} nodes over ${backbone}`}: a write`,
      value: 1e6 / rate,
      unit: 'µs',
      limit: 1e6 / wanted,
      detail: `${rate.toFixed(0)} acknowledged and flushed a second (${wanted} wanted), acknowledged p50 ${posted.p50.toFixed(1)}, p99 ${posted.p99.toFixed(1)} ms after they were meant to be sent`,
    },
  ]
}
