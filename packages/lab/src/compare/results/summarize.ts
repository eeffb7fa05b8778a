import type { FrontName } from '../../candidates/candidate.ts'
import { estimateNetworkOverhead } from '../../traffic/network-overhead.ts'
import { sumTraffic } from '../../traffic/traffic-sums.ts'
import { sliceNoise } from '../rounds/cpu-slices.ts'
import type { MeasuredRuns } from '../rounds/disturbance.ts'
import { LatencyHistogram } from '../rounds/latency-histogram.ts'
import type { Period } from '../rounds/period.ts'
import type { RoundResult } from '../rounds/round-result.ts'
import type {
  ByteFigures,
  CandidateKind,
  CandidateResult,
  CaveatName,
  IdleClients,
  Range,
  ServerFigures,
  Spread,
} from './candidate-result.ts'
import { radioFigures } from './radio-figures.ts'
import { type Baseline, computeRates, cpuOf } from './rates.ts'

export interface SummaryInput {
  /** `staleMs` of one that polls is its interval. */
  readonly candidate: {
    readonly name: string
    readonly kind: CandidateKind
    readonly staleMs: number
    readonly front?: FrontName
  }
  readonly runs: MeasuredRuns
  readonly baseline: Baseline
  readonly idleClients: IdleClients | null
  readonly isMemoryRough: boolean
  readonly everySeconds: number | null
}

export const busyLimit = 0.5
const shownEvents = 60

/** Adds up the rounds of one candidate. */
export function summarizeCandidate(measured: SummaryInput): CandidateResult {
  const { candidate, baseline, everySeconds } = measured
  const roundResults = measured.runs.results
  const busy = measuredPeriods(roundResults, everySeconds)
  const traffic = sumTraffic(busy.map((period) => period.traffic))
  const rates = computeRates(roundResults, baseline, everySeconds)
  const opening = sumTraffic(roundResults.map((result) => result.opening))
  const sum = (of: (result: RoundResult) => number): number =>
    roundResults.reduce((total, result) => total + of(result), 0)
  const requests = traffic.requests + opening.requests
  const empty = traffic.emptyRequests + opening.emptyRequests
  const latency = new LatencyHistogram()
  for (const { receipts } of roundResults) latency.add(receipts.latency)
  const clients = roundResults[0]?.clients ?? 0
  return {
    name: candidate.name,
    kind: candidate.kind,
    front: candidate.front ?? null,
    intervalMs: candidate.kind === 'poll' ? candidate.staleMs : null,
    clients,
    seconds: busy.reduce((total, { seconds }) => total + seconds, 0),
    latencyMs: latency.figures(),
    requests,
    emptyShare: everySeconds === null ? share(empty, requests) : rareEmptyShare(roundResults, everySeconds),
    writes: traffic.writes,
    handshakes: traffic.connections + opening.connections,
    bytes: byteFigures(
      busy,
      clients,
      everySeconds === null ? null : (rates.total.bytesUp + rates.total.bytesDown) * everySeconds,
    ),
    server: serverFigures(measured, busy),
    client: {
      cpuSeconds: sum((result) => result.busy.lab.cpuSeconds),
      loopBusy: Math.max(0, ...busy.map(({ lab }) => lab.loopBusy)),
    },
    radio: radioFigures(roundResults, candidate.kind === 'poll' ? candidate.staleMs : null, everySeconds),
    delivered: sum((result) => result.busy.deliveries),
    lost: sum((result) => result.receipts.lost),
    repeated: sum((result) => result.receipts.repeated),
    late: sum((result) => result.receipts.late),
    superseded: sum((result) => result.receipts.superseded),
    rates,
    spread: spreadOf(roundResults),
    cpuNoise: roundResults.length === 1 ? sliceNoise(roundResults[0]?.cpuSlices ?? []) : null,
    marks: caveatsOf(measured, busy),
    complaints: [...new Set(roundResults.flatMap((result) => result.complaints))],
    timeline: (roundResults[0]?.eventReceipts ?? []).slice(0, shownEvents),
  }
}

/** Where events are rare, what is measured is idling first of all. */
function measuredPeriods(results: readonly RoundResult[], everySeconds: number | null): Period[] {
  return results.flatMap(({ idle, busy }) => (everySeconds === null ? [busy] : [idle, busy]))
}

function share(part: number, of: number): number {
  return of === 0 ? 0 : part / of
}

/**
 * The share of empty requests where events are rare. From one event to the next a client makes the requests of that
 * much idle time, and those that bring the event.
 */
function rareEmptyShare(roundResults: readonly RoundResult[], everySeconds: number): number {
  const [idle, busy] = [roundResults.map((result) => result.idle), roundResults.map((result) => result.busy)].map(
    (periods) => sumTraffic(periods.map(({ traffic }) => traffic)),
  )
  if (idle === undefined || busy === undefined) return 0
  const scale = everySeconds / Math.max(...roundResults.map((result) => result.idle.seconds), Number.MIN_VALUE)
  return share(idle.emptyRequests * scale, idle.requests * scale + busy.requests - busy.emptyRequests)
}

/** `computedPerDelivery`: where events are rare. */
function byteFigures(busy: readonly Period[], clients: number, computedPerDelivery: number | null): ByteFigures {
  const traffic = sumTraffic(busy.map((period) => period.traffic))
  const { up, down, framesUp, framesDown } = traffic
  const deliveries = busy.reduce((sum, period) => sum + period.deliveries, 0)
  const clientSeconds = Math.max(Number.MIN_VALUE, clients * busy.reduce((sum, { seconds }) => sum + seconds, 0))
  return {
    up,
    down,
    perDelivery: deliveries === 0 ? null : (computedPerDelivery ?? (up.total + down.total) / deliveries),
    perClientSecond: { up: up.total / clientSeconds, down: down.total / clientSeconds },
    frames: { up: framesUp, down: framesDown },
    estimated: estimateNetworkOverhead(traffic),
  }
}

function serverFigures(measured: SummaryInput, busy: readonly Period[]): ServerFigures | null {
  const last = busy.at(-1)?.server ?? null
  if (last === null) return null
  const seconds = busy.reduce((sum, period) => sum + period.seconds, 0)
  const deliveries = busy.reduce((sum, period) => sum + period.deliveries, 0)
  const cpuSeconds = Math.max(0, cpuOf(busy) - measured.baseline.cpuPerSecond * seconds)
  return {
    cpuSeconds,
    cpuMicrosecondsPerDelivery: deliveries === 0 ? null : (cpuSeconds * 1e6) / deliveries,
    memoryBytes: last.memoryBytes,
    memoryBytesPerClient: measured.idleClients?.memoryBytesPerClient ?? null,
    idleClients: measured.idleClients,
  }
}

function caveatsOf(measured: SummaryInput, busy: readonly Period[]): CaveatName[] {
  const { runs, everySeconds, idleClients, isMemoryRough } = measured
  const roundResults = runs.results
  const marks: [CaveatName, boolean][] = [
    ['unreliable', runs.isUnreliable],
    ['lab-stalled', runs.disturbances.includes('lab-stalled')],
    ['off-pace', runs.disturbances.includes('off-pace')],
    ['lab-busy', busy.some(({ lab }) => lab.loopBusy > busyLimit)],
    ['computed', everySeconds !== null],
    ['one-round', roundResults.length === 1],
    ['complaints', roundResults.some((result) => result.complaints.length > 0)],
    ['memory-rough', idleClients !== null && isMemoryRough],
    ['outside-clock', measured.candidate.kind === 'outside'],
    ['no-server-figures', busy.some(({ server }) => server === null)],
  ]
  return marks.flatMap(([name, holds]) => (holds ? [name] : []))
}

function spreadOf(roundResults: readonly RoundResult[]): Spread | null {
  if (roundResults.length < 2) return null
  const latencies = roundResults.map((result) => result.receipts.latency.figures())
  return {
    p50: rangeOf(latencies.map(({ p50 }) => p50)),
    p99: rangeOf(latencies.map(({ p99 }) => p99)),
    cpuSeconds: rangeOf(roundResults.map(({ busy }) => busy.server?.cpuSeconds ?? null)),
    bytes: rangeOf(roundResults.map(({ busy }) => busy.traffic.up.total + busy.traffic.down.total)) ?? [0, 0],
  }
}

function rangeOf(values: readonly (number | null)[]): Range | null {
  const known = values.filter((value) => value !== null)
  return known.length < values.length || known.length === 0 ? null : [Math.min(...known), Math.max(...known)]
}
