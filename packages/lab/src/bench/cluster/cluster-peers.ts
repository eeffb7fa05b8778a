/** Compares Dovetail with other servers that pass messages between nodes over Redis: three nodes each, with the same rate, payload and readers. */

import { findCentrifugo } from '../candidates/centrifugo.ts'
import { startCentrifugoCluster } from '../candidates/centrifugo-cluster.ts'
import type { ClusterTarget } from '../candidates/cluster-target.ts'
import { dovetailTarget, startDovetailCluster } from '../candidates/dovetail-cluster.ts'
import { startSocketIoCluster } from '../candidates/socket-io-cluster.ts'
import { costRatioRow, faultRows, formatFaults, formatResult } from '../drivers/fan-out-rows.ts'
import { type FanOutResult, measureFanOut } from '../drivers/firehose.ts'
import { medianRound } from '../drivers/rounds.ts'
import { warmUpNodes } from '../drivers/warm-up-nodes.ts'
import type { Row } from '../report/report.ts'
import type { BenchSettings } from '../settings/bench-settings.ts'

type StartCandidate = (settings: BenchSettings) => Promise<ClusterTarget>

const nodes = 3

export async function clusterPeers(settings: BenchSettings, report: (line: string) => void): Promise<Row[]> {
  const starts: StartCandidate[] = [
    async (each) => dovetailTarget(await startDovetailCluster(each, nodes)),
    (each) => startSocketIoCluster(each, nodes),
  ]
  const file = findCentrifugo()
  if (file === null) report('centrifugo is not on the path and not compared')
  else
    starts.push(
      ...[false, true].map(
        (history): StartCandidate =>
          (each) =>
            startCentrifugoCluster(each, file, nodes, history),
      ),
    )
  /** By rate and candidate, what each round found. */
  const results = settings.fanOutRates.map(() => starts.map((): FanOutResult[] => []))
  const keeps: string[] = []
  for (let round = 0; round < settings.rounds; round++) {
    for (const [index, start] of starts.entries()) {
      const target = await start(settings)
      keeps[index] = `${target.name} keeps ${target.durability}`
      try {
        await warmUpNodes(target)
        for (const [rate, perSecond] of settings.fanOutRates.entries()) {
          const { readers, seconds } = settings
          const result = await measureFanOut(target, { readers, perSecond, seconds })
          report(`${nodes} nodes of ${formatResult(result)}`)
          results[rate]?.[index]?.push(result)
        }
      } finally {
        await target.stop()
      }
    }
  }
  for (const line of keeps) report(line)
  return results.flatMap((rounds) => rowsOf(rounds.map(medianRound), settings.seconds, keeps))
}

function rowsOf([ours, ...theirs]: readonly FanOutResult[], seconds: number, keeps: readonly string[]): Row[] {
  if (ours === undefined) throw new Error('a candidate is missing')
  const deliveries = ({ received, late }: FanOutResult): number => received / (seconds + late)
  return [
    ...theirs.flatMap((result, index): Row[] => [
      {
        ...costRatioRow(ours, result, { limit: null }),
        title: `${nodes} nodes, ${ours.perSecond} msg/s: CPU per delivery of dovetail, to ${result.name}`,
      },
      {
        title: `${nodes} nodes, ${ours.perSecond} msg/s: p99 on another node of dovetail, to ${result.name}`,
        value: ours.p99 / result.p99,
        unit: 'times',
        limit: null,
        detail: `p50 ${ours.p50.toFixed(1)} to ${result.p50.toFixed(1)} ms; deliveries a second ${deliveries(ours).toFixed(0)} to ${deliveries(result).toFixed(0)}; ${keeps[index + 1]}`,
      },
    ]),
    ...faultRows([ours]).map((row) => ({
      ...row,
      title: `${nodes} nodes, ${row.title}`,
      detail: [`${row.detail} (${keeps[0]})`, ...theirs.map(formatFaults)].join('; '),
    })),
  ]
}
