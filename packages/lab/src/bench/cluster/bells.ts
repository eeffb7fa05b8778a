/** One node writes, one reader listens on the other: what hearing costs, and how long it takes. */
import type { Cluster } from '../../cluster/start-cluster.ts'
import type { BenchSettings } from '../bench-settings.ts'
import { type FanOutResult, measureFanOut } from '../pour.ts'
import type { Row } from '../report.ts'
import { faults } from '../told.ts'
import { usageOf } from './cluster-target.ts'
import { type Backbone, dovetailTarget } from './dovetail-cluster.ts'
import { warmUpAll } from './warm-up-all.ts'

/** A change is seen on another node within so many ms, half of all and 99 of 100. */
const allowedDelay = { redis: [20, 100], kafka: [50, 200] } as const
/** At the lower rate delays are taken; what the higher one costs beyond it is what a message costs. */
const rates = { few: 20, many: 500 } as const

export async function bells(cluster: Cluster, { seconds }: BenchSettings, kind: Backbone): Promise<Row[]> {
  const [writing, hearing] = cluster.nodes
  if (writing === undefined || hearing === undefined) throw new Error('there are no two nodes')
  const broker = (cluster.kafka ?? cluster.redis).pid
  const parts = { hearing: [hearing.pid], broker: [broker] }
  const target = { ...dovetailTarget(cluster), ...usageOf(parts), name: `bells over ${kind}` }
  await warmUpAll(target)
  const load = { readers: 1, readAt: () => 1, postTo: () => 0, seconds }
  const few = await measureFanOut(target, { ...load, perSecond: rates.few })
  const many = await measureFanOut(target, { ...load, perSecond: rates.many })
  const perMessage = (part: keyof typeof parts): number => {
    const used = ({ parts: each, received }: FanOutResult): number => (each[part] ?? 0) * received
    return (used(many) - used(few)) / ((rates.many - rates.few) * seconds)
  }
  const [allowed50, allowed99] = allowedDelay[kind]
  const seen = `seen on another node over ${kind}, ${rates.few} msg/s`
  return [
    {
      title: `${seen}: p50`,
      value: few.p50,
      unit: 'ms',
      limit: allowed50,
      detail: 'from the moment a message was meant to be sent, its commit counted',
    },
    {
      title: `${seen}: p99`,
      value: few.p99,
      unit: 'ms',
      limit: allowed99,
      detail: `at ${rates.many} msg/s p50 ${many.p50.toFixed(1)}, p99 ${many.p99.toFixed(1)} ms`,
    },
    {
      title: `a bell over ${kind}: CPU of the node that hears, a message`,
      value: perMessage('hearing'),
      unit: 'µs',
      limit: null,
      detail: `${perMessage('broker').toFixed(1)} µs of ${kind === 'kafka' ? "Kafka's (JVM, first compiler only)" : "Redis's"}; at ${rates.many} a second less what ${rates.few} cost, its one reader's delivery counted`,
    },
    ...faults([few, many]),
  ]
}
