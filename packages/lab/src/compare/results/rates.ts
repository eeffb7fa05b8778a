/** Rates per client: with no events, what an event adds, and at a rate of events. */
import type { TrafficFigures } from '../../traffic/traffic.ts'
import type { Period } from '../rounds/period.ts'
import type { RoundResult } from '../rounds/round-result.ts'
import type { Rate, Rates } from './candidate-result.ts'

export interface Baseline {
  /** Seconds of CPU that the server uses in each second without any client. */
  readonly cpuPerSecond: number
}

/** `everySeconds`: how rarely the workload means events to come; `null`: as often as they came. */
export function computeRates(
  roundResults: readonly RoundResult[],
  baseline: Baseline,
  everySeconds: number | null,
): Rates {
  const idle = rateOf(
    roundResults.map((result) => result.idle),
    clientsOf(roundResults),
    baseline,
  )
  const busy = rateOf(
    roundResults.map((result) => result.busy),
    clientsOf(roundResults),
    baseline,
  )
  const perSecond = eventsPerSecond(roundResults)
  const perEvent = combined(busy, idle, (b, i) => (perSecond === 0 ? 0 : Math.max(0, b - i) / perSecond))
  const total = everySeconds === null ? busy : combined(idle, perEvent, (i, e) => i + e / everySeconds)
  return { idle, perEvent, total }
}

export function eventsPerSecond(roundResults: readonly RoundResult[]): number {
  const events = roundResults.reduce((sum, result) => sum + result.events, 0)
  const seconds = roundResults.reduce((sum, result) => sum + result.busy.seconds, 0)
  return seconds === 0 ? 0 : events / seconds
}

function clientsOf(roundResults: readonly RoundResult[]): number {
  return Math.max(1, roundResults[0]?.clients ?? 1)
}

function rateOf(periods: readonly Period[], clients: number, { cpuPerSecond }: Baseline): Rate {
  const seconds = periods.reduce((sum, period) => sum + period.seconds, 0)
  const per = seconds * clients
  const sum = (of: (traffic: TrafficFigures) => number): number =>
    per === 0 ? 0 : periods.reduce((total, { traffic }) => total + of(traffic), 0) / per
  return {
    requests: sum(({ requests, writes }) => requests + writes),
    bytesUp: sum(({ up }) => up.total),
    bytesDown: sum(({ down }) => down.total),
    cpuSeconds: periods.some(({ server }) => server === null)
      ? null
      : Math.max(0, cpuOf(periods) - cpuPerSecond * seconds) / Math.max(per, Number.MIN_VALUE),
  }
}

export function cpuOf(periods: readonly Period[]): number {
  return periods.reduce((sum, { server }) => sum + (server?.cpuSeconds ?? 0), 0)
}

type Join = (a: number, b: number) => number

export function combined(a: Rate, b: Rate, join: Join): Rate {
  return {
    requests: join(a.requests, b.requests),
    bytesUp: join(a.bytesUp, b.bytesUp),
    bytesDown: join(a.bytesDown, b.bytesDown),
    cpuSeconds: a.cpuSeconds === null || b.cpuSeconds === null ? null : join(a.cpuSeconds, b.cpuSeconds),
  }
}
