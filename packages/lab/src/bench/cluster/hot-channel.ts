/** Everybody writes to one channel: what PostgreSQL acknowledges, flushed, from one node or from all of them. */
import { performance } from 'node:perf_hooks'
import { build } from 'hdr-histogram-js'
import type { Cluster } from '../../cluster/start-cluster.ts'
import { openLoop } from '../../load/open-loop.ts'
import { payloadText } from '../../load/payload.ts'
import { PostPool } from '../../load/post-pool.ts'
import type { BenchSettings } from '../bench-settings.ts'
import { dovetailPost, plainBody } from '../contender.ts'
import { payloadBytes, requireStatus } from '../pour.ts'
import type { Row } from '../report.ts'
import { dovetailTarget } from './dovetail-cluster.ts'
import { warmUpAll } from './warm-up-all.ts'

const perSecond = 2000
/** Acknowledged writes a second to one channel, flushed. */
const wanted = 1000
/** At a time, of all nodes together. */
const lines = 256

export async function hotChannel(cluster: Cluster, { seconds }: BenchSettings): Promise<Row[]> {
  const nodes = cluster.nodes.length
  await warmUpAll(dovetailTarget(cluster))
  const pools = cluster.nodes.map(
    ({ port }) => new PostPool({ ...dovetailPost(port), lines: Math.ceil(lines / nodes) }),
  )
  const delays = build({ lowestDiscernibleValue: 1, highestTrackableValue: 600_000_000 })
  const count = Math.round(perSecond * seconds)
  const answers: Promise<void>[] = []
  const loop = openLoop({
    perSecond,
    count,
    send: (index) => {
      const posted = pools[index % nodes]?.post(plainBody(payloadText(index, payloadBytes)))
      if (posted === undefined) throw new Error('a node has no lines')
      answers.push(
        posted.then(({ status, body }) => {
          requireStatus(201, status, body)
          delays.recordValue(Math.max(1, Math.round((performance.now() - loop.intended(index)) * 1000)))
        }),
      )
    },
  })
  await loop.sent
  await Promise.all(answers)
  const rate = count / ((performance.now() - loop.intended(0)) / 1000)
  for (const pool of pools) pool.close()
  const ms = (percentile: number): string => (delays.getValueAtPercentile(percentile) / 1000).toFixed(1)
  return [
    {
      title: `one hot channel on PostgreSQL, ${perSecond} writes/s from ${nodes === 1 ? '1 node' : `${nodes} nodes`}: a write`,
      value: 1e6 / rate,
      unit: 'µs',
      limit: 1e6 / wanted,
      detail: `${rate.toFixed(0)} acknowledged and flushed a second (${wanted} wanted), acknowledged p50 ${ms(50)}, p99 ${ms(99)} ms after they were meant to be sent`,
    },
  ]
}
