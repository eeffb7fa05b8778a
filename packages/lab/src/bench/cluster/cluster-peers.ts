/** Dovetail beside others that pass messages between nodes over Redis: three nodes each, the same pace, payload and readers. */
import type { BenchSettings } from '../bench-settings.ts'
import { findCentrifugo } from '../centrifugo.ts'
import { type FanOutResult, measureFanOut } from '../pour.ts'
import type { Row } from '../report.ts'
import { middle } from '../rounds.ts'
import { faults, faultsOf, lineOf, ratio } from '../told.ts'
import { startCentrifugoCluster } from './centrifugo-cluster.ts'
import type { ClusterTarget } from './cluster-target.ts'
import { dovetailTarget, startDovetailCluster } from './dovetail-cluster.ts'
import { startSocketIoCluster } from './socket-io-cluster.ts'
import { warmUpAll } from './warm-up-all.ts'

type Start = (settings: BenchSettings) => Promise<ClusterTarget>

const nodes = 3

export async function clusterPeers(settings: BenchSettings, tell: (line: string) => void): Promise<Row[]> {
  const starts: Start[] = [
    async (each) => dovetailTarget(await startDovetailCluster(each, nodes)),
    (each) => startSocketIoCluster(each, nodes),
  ]
  const file = findCentrifugo()
  if (file === null) tell('centrifugo is not on the path and not compared')
  else
    starts.push(
      ...[false, true].map(
        (history): Start =>
          (each) =>
            startCentrifugoCluster(each, file, nodes, history),
      ),
    )
  /** By rate and contender, what each round found. */
  const results = settings.fanOutRates.map(() => starts.map((): FanOutResult[] => []))
  const keeps: string[] = []
  for (let round = 0; round < settings.rounds; round++) {
    for (const [index, start] of starts.entries()) {
      const target = await start(settings)
      keeps[index] = `${target.name} keeps ${target.keeps}`
      try {
        await warmUpAll(target)
        for (const [rate, perSecond] of settings.fanOutRates.entries()) {
          const { readers, seconds } = settings
          const result = await measureFanOut(target, { readers, perSecond, seconds })
          tell(`${nodes} nodes of ${lineOf(result)}`)
          results[rate]?.[index]?.push(result)
        }
      } finally {
        await target.stop()
      }
    }
  }
  for (const line of keeps) tell(line)
  return results.flatMap((rounds) => rowsOf(rounds.map(middle), settings.seconds, keeps))
}

function rowsOf([ours, ...theirs]: readonly FanOutResult[], seconds: number, keeps: readonly string[]): Row[] {
  if (ours === undefined) throw new Error('a contender is missing')
  const deliveries = ({ received, late }: FanOutResult): number => received / (seconds + late)
  return [
    ...theirs.flatMap((result, index): Row[] => [
      {
        ...ratio(ours, result, { limit: null }),
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
    ...faults([ours]).map((row) => ({
      ...row,
      title: `${nodes} nodes, ${row.title}`,
      detail: [`${row.detail} (${keeps[0]})`, ...theirs.map(faultsOf)].join('; '),
    })),
  ]
}
