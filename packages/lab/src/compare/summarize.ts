import { trafficSum } from '../contenders/traffic-sums.ts'
import type {
  ByteFigures,
  ContenderKind,
  ContenderResult,
  MarkName,
  Range,
  ServerFigures,
  Spread,
} from './contender-result.ts'
import { sliceNoise } from './cpu-slices.ts'
import { belowTheSockets } from './estimate.ts'
import { LatencyHistogram } from './latency-histogram.ts'
import type { Lap } from './race.ts'
import { type Baseline, cpuOf, ratesOf } from './rates.ts'
import type { Stretch } from './stretch.ts'

export interface Measured {
  readonly contender: { readonly name: string; readonly kind: ContenderKind }
  /** One per round. */
  readonly laps: readonly Lap[]
  readonly baseline: Baseline
  readonly memoryBytesPerClient: number | null
  readonly isMemoryRough: boolean
  readonly everySeconds: number | null
}

export const busyLimit = 0.5
const shownEvents = 60

/** What the rounds of one contender come to. */
export function summarize(measured: Measured): ContenderResult {
  const { contender, laps, baseline, everySeconds } = measured
  // Where events are rare, what is measured is idling first of all.
  const busy = laps.flatMap((lap) => (everySeconds === null ? [lap.busy] : [lap.idle, lap.busy]))
  const traffic = trafficSum(busy.map((stretch) => stretch.traffic))
  const rates = ratesOf(laps, baseline, everySeconds)
  const opening = trafficSum(laps.map((lap) => lap.opening))
  const sum = (of: (lap: Lap) => number): number => laps.reduce((total, lap) => total + of(lap), 0)
  const requests = traffic.requests + opening.requests
  const empty = traffic.emptyRequests + opening.emptyRequests
  const latency = new LatencyHistogram()
  for (const { heard } of laps) latency.add(heard.latency)
  const clients = laps[0]?.clients ?? 0
  return {
    name: contender.name,
    kind: contender.kind,
    clients,
    seconds: busy.reduce((total, { seconds }) => total + seconds, 0),
    latencyMs: latency.figures(),
    requests,
    emptyShare: everySeconds === null ? share(empty, requests) : rareEmptyShare(laps, everySeconds),
    writes: traffic.writes,
    handshakes: traffic.connections + opening.connections,
    bytes: byteFigures(
      busy,
      clients,
      everySeconds === null ? null : (rates.total.bytesUp + rates.total.bytesDown) * everySeconds,
    ),
    server: serverFigures(measured, busy),
    client: {
      cpuSeconds: sum((lap) => lap.busy.lab.cpuSeconds),
      loopBusy: Math.max(0, ...busy.map(({ lab }) => lab.loopBusy)),
    },
    delivered: sum((lap) => lap.busy.deliveries),
    lost: sum((lap) => lap.heard.lost),
    repeated: sum((lap) => lap.heard.repeated),
    late: sum((lap) => lap.heard.late),
    superseded: sum((lap) => lap.heard.superseded),
    rates,
    spread: spreadOf(laps),
    cpuNoise: laps.length === 1 ? sliceNoise(laps[0]?.cpuSlices ?? []) : null,
    marks: marksOf(measured, busy),
    complaints: [...new Set(laps.flatMap((lap) => lap.complaints))],
    timeline: (laps[0]?.sightings ?? []).slice(0, shownEvents),
  }
}

function share(part: number, of: number): number {
  return of === 0 ? 0 : part / of
}

/** Of the requests from one event to the next: those of idling for so long, and those that bring the event. */
function rareEmptyShare(laps: readonly Lap[], everySeconds: number): number {
  const [idle, busy] = [laps.map((lap) => lap.idle), laps.map((lap) => lap.busy)].map((stretches) =>
    trafficSum(stretches.map(({ traffic }) => traffic)),
  )
  if (idle === undefined || busy === undefined) return 0
  const scale = everySeconds / Math.max(...laps.map((lap) => lap.idle.seconds), Number.MIN_VALUE)
  return share(idle.emptyRequests * scale, idle.requests * scale + busy.requests - busy.emptyRequests)
}

/** `computedPerDelivery`: where events are rare. */
function byteFigures(busy: readonly Stretch[], clients: number, computedPerDelivery: number | null): ByteFigures {
  const traffic = trafficSum(busy.map((stretch) => stretch.traffic))
  const { up, down, framesUp, framesDown } = traffic
  const deliveries = busy.reduce((sum, stretch) => sum + stretch.deliveries, 0)
  const clientSeconds = Math.max(Number.MIN_VALUE, clients * busy.reduce((sum, { seconds }) => sum + seconds, 0))
  return {
    up,
    down,
    perDelivery: deliveries === 0 ? null : (computedPerDelivery ?? (up.total + down.total) / deliveries),
    perClientSecond: { up: up.total / clientSeconds, down: down.total / clientSeconds },
    frames: { up: framesUp, down: framesDown },
    estimated: belowTheSockets(traffic),
  }
}

function serverFigures(measured: Measured, busy: readonly Stretch[]): ServerFigures | null {
  const last = busy.at(-1)?.server ?? null
  if (last === null) return null
  const seconds = busy.reduce((sum, stretch) => sum + stretch.seconds, 0)
  const deliveries = busy.reduce((sum, stretch) => sum + stretch.deliveries, 0)
  const cpuSeconds = Math.max(0, cpuOf(busy) - measured.baseline.cpuPerSecond * seconds)
  return {
    cpuSeconds,
    cpuMicrosecondsPerDelivery: deliveries === 0 ? null : (cpuSeconds * 1e6) / deliveries,
    memoryBytes: last.memoryBytes,
    memoryBytesPerClient: measured.memoryBytesPerClient,
  }
}

function marksOf(measured: Measured, busy: readonly Stretch[]): MarkName[] {
  const { laps, everySeconds, memoryBytesPerClient, isMemoryRough } = measured
  const marks: [MarkName, boolean][] = [
    ['lab-busy', busy.some(({ lab }) => lab.loopBusy > busyLimit)],
    ['computed', everySeconds !== null],
    ['one-round', laps.length === 1],
    ['complaints', laps.some((lap) => lap.complaints.length > 0)],
    ['memory-rough', memoryBytesPerClient !== null && isMemoryRough],
    ['outside-clock', measured.contender.kind === 'outside'],
    ['no-server-figures', busy.some(({ server }) => server === null)],
  ]
  return marks.flatMap(([name, holds]) => (holds ? [name] : []))
}

function spreadOf(laps: readonly Lap[]): Spread | null {
  if (laps.length < 2) return null
  const latencies = laps.map((lap) => lap.heard.latency.figures())
  return {
    p50: rangeOf(latencies.map(({ p50 }) => p50)),
    p99: rangeOf(latencies.map(({ p99 }) => p99)),
    cpuSeconds: rangeOf(laps.map(({ busy }) => busy.server?.cpuSeconds ?? null)),
    bytes: rangeOf(laps.map(({ busy }) => busy.traffic.up.total + busy.traffic.down.total)) ?? [0, 0],
  }
}

function rangeOf(values: readonly (number | null)[]): Range | null {
  const known = values.filter((value) => value !== null)
  return known.length < values.length || known.length === 0 ? null : [Math.min(...known), Math.max(...known)]
}
