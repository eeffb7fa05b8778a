/**
 * Dovetail beside other servers on one core, in one run: delivery times, CPU per delivery and the time of an
 * acknowledged write, each as a ratio to the other server's. Rounds are interleaved; a ratio is that of the medians,
 * and its spread that of the rounds.
 */
import { findBun, startBun } from '../candidates/bun.ts'
import { startDovetail, startPlainWs, startSocketIo } from '../candidates/candidate.ts'
import { findCentrifugo, startCentrifugo } from '../candidates/centrifugo.ts'
import { faultRows, formatCost, formatFaults } from '../drivers/fan-out-rows.ts'
import type { FanOutResult } from '../drivers/firehose.ts'
import { medianRound, runAllRounds, type StartCandidate } from '../drivers/rounds.ts'
import { type PeerMeasure, peerAim, peerLimit } from '../report/peer-limits.ts'
import type { Row } from '../report/report.ts'
import type { BenchSettings } from '../settings/bench-settings.ts'

const measures: Readonly<Record<PeerMeasure, { readonly title: string; of(result: FanOutResult): number }>> = {
  p50: { title: 'delivery p50', of: (result) => result.p50 },
  p99: { title: 'delivery p99', of: (result) => result.p99 },
  cpu: { title: 'CPU per delivery', of: (result) => result.cpu },
  write: { title: 'acknowledged write p99', of: (result) => result.writeP99 },
}

export async function peers(settings: BenchSettings, report: (line: string) => void): Promise<Row[]> {
  const starts = [(each: BenchSettings) => startDovetail(each), ...(await otherServers(settings.beside, report))]
  const rows: Row[] = []
  for (const perSecond of settings.peerRates) {
    const [ours = [], ...others] = await runAllRounds(settings, perSecond, starts, report)
    for (const theirs of others) rows.push(...compareRounds(ours, theirs))
    const faults = others.map((rounds) => formatFaults(medianRound(rounds)))
    rows.push(...faultRows([medianRound(ours)]).map((row) => ({ ...row, detail: [row.detail, ...faults].join('; ') })))
  }
  return rows
}

type FindServer = () => StartCandidate | Promise<StartCandidate>

/** By the name that `--beside` takes. */
const servers: Readonly<Record<string, FindServer>> = {
  ws: () => startPlainWs,
  'socket.io': () => startSocketIo,
  centrifugo: () => {
    const file = findCentrifugo()
    if (file === null) throw new Error('it is not on the path')
    return (each) => startCentrifugo(each, file)
  },
  bun: async () => {
    const file = await findBun()
    return (each) => startBun(each, file)
  },
}

/** @throws Error where a server that was named is not known or cannot be had */
async function otherServers(
  named: readonly string[] | null,
  report: (line: string) => void,
): Promise<StartCandidate[]> {
  const starts: StartCandidate[] = []
  for (const name of named ?? Object.keys(servers)) {
    try {
      const find = servers[name]
      if (find === undefined) throw new Error(`there are ${Object.keys(servers).join(', ')}`)
      starts.push(await find())
    } catch (error) {
      const line = `${name} is not compared: ${(error as Error).message}`
      if (named !== null) throw new Error(line)
      report(line)
    }
  }
  return starts
}

/** Compares two servers at one rate, round by round. */
export function compareRounds(ours: readonly FanOutResult[], theirs: readonly FanOutResult[]): Row[] {
  const [{ name, perSecond }, other] = [medianRound(ours), medianRound(theirs)]
  return (Object.keys(measures) as PeerMeasure[]).map((measure): Row => {
    const { title, of } = measures[measure]
    const ratios = ours.flatMap((each, round) => {
      const their = theirs[round]
      return their === undefined ? [] : [of(each) / of(their)]
    })
    const [own, their] = [median(ours.map(of)), median(theirs.map(of))]
    const spread = `${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)} over ${ratios.length} rounds`
    const unit = measure === 'cpu' ? 'µs' : 'ms'
    return {
      title: `${perSecond} msg/s: ${title} of ${name}, to ${other.name}`,
      value: own / their,
      unit: 'times',
      limit: peerLimit(other.name, perSecond, measure),
      aim: peerAim(other.name, perSecond, measure),
      detail: [
        `${own.toFixed(2)} to ${their.toFixed(2)} ${unit}, ${spread}`,
        ...(measure === 'cpu' ? [formatCost(medianRound(ours)), `${other.name}: ${formatCost(other)}`] : []),
      ].join('; '),
    }
  })
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]]
  if (low === undefined || high === undefined) throw new Error('there are no rounds')
  return (low + high) / 2
}
