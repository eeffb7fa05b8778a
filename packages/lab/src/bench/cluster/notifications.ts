/** Writes on one node, with one reader on the other: the cost and the delay of a notification. */
import type { Cluster, ClusterBackbone } from '../../cluster/start-cluster.ts'
import { usageOf } from '../candidates/cluster-target.ts'
import { dovetailTarget } from '../candidates/dovetail-cluster.ts'
import { faultRows } from '../drivers/fan-out-rows.ts'
import { type FanOutResult, measureFanOut } from '../drivers/firehose.ts'
import { warmUpNodes } from '../drivers/warm-up-nodes.ts'
import type { Row } from '../report/report.ts'
import type { BenchSettings } from '../settings/bench-settings.ts'

/** The limits in ms for a change to be seen on another node: the median and the p99. */
const allowedDelay = { postgres: [20, 100], redis: [20, 100], kafka: [50, 200] } as const
/** Whose CPU is counted. PostgreSQL's includes what it takes to store a message, and to read it on the other node. */
const brokerOf = { postgres: 'PostgreSQL', redis: 'Redis', kafka: 'Kafka (JVM, first compiler only)' } as const
/** Delays are measured at the lower rate. The cost of a message is what the higher rate costs in addition. */
const rates = { few: 20, many: 500 } as const

export async function notifications(
  cluster: Cluster,
  { seconds }: BenchSettings,
  kind: ClusterBackbone,
): Promise<Row[]> {
  const [publisher, subscriber] = cluster.nodes
  if (publisher === undefined || subscriber === undefined) throw new Error('there are no two nodes')
  const broker = kind === 'postgres' ? cluster.postgres.pid : (cluster.kafka ?? cluster.redis)?.pid
  const parts = { subscriber: [subscriber.pid], broker: typeof broker === 'number' ? [broker] : [] }
  const target = { ...dovetailTarget(cluster), ...usageOf(parts), name: `notifications over ${kind}` }
  await warmUpNodes(target)
  const load = { readers: 1, readAt: () => 1, postTo: () => 0, seconds }
  const few = await measureFanOut(target, { ...load, perSecond: rates.few })
  const many = await measureFanOut(target, { ...load, perSecond: rates.many })
  const perMessage = (part: keyof typeof parts): number => {
    const used = ({ parts: each, received }: FanOutResult): number => (each[part] ?? 0) * received
    return (used(many) - used(few)) / ((rates.many - rates.few) * seconds)
  }
  const [allowed50, allowed99] = allowedDelay[kind]
  const title = `seen on another node over ${kind}, ${rates.few} msg/s`
  return [
    {
      title: `${title}: p50`,
      value: few.p50,
      unit: 'ms',
      limit: allowed50,
      detail: 'from the moment a message was meant to be sent, its commit counted',
    },
    {
      title: `${title}: p99`,
      value: few.p99,
      unit: 'ms',
      limit: allowed99,
      detail: `at ${rates.many} msg/s p50 ${many.p50.toFixed(1)}, p99 ${many.p99.toFixed(1)} ms`,
    },
    {
      title: `a notification over ${kind}: CPU of the node that receives it, a message`,
      value: perMessage('subscriber'),
      unit: 'µs',
      limit: null,
      detail: `${perMessage('broker').toFixed(1)} µs of ${brokerOf[kind]}; at ${rates.many} a second less what ${rates.few} cost, its one reader's delivery counted`,
    },
    ...faultRows([few, many]),
  ]
}
