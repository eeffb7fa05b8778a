/** Rates per client: with no events, what an event adds, and at a rate of events. */
import type { TrafficFigures } from '../contenders/traffic.ts'
import type { Rate, Rates } from './contender-result.ts'
import type { Lap } from './race.ts'
import type { Stretch } from './stretch.ts'

export interface Baseline {
  /** Seconds of CPU a second that the server takes with nobody there. */
  readonly cpuPerSecond: number
}

/** `everySeconds`: how rarely the workload means events to come; `null`: as often as they came. */
export function ratesOf(laps: readonly Lap[], baseline: Baseline, everySeconds: number | null): Rates {
  const idle = rateOf(
    laps.map((lap) => lap.idle),
    clientsOf(laps),
    baseline,
  )
  const busy = rateOf(
    laps.map((lap) => lap.busy),
    clientsOf(laps),
    baseline,
  )
  const perSecond = eventsPerSecond(laps)
  const perEvent = combined(busy, idle, (b, i) => (perSecond === 0 ? 0 : Math.max(0, b - i) / perSecond))
  const total = everySeconds === null ? busy : combined(idle, perEvent, (i, e) => i + e / everySeconds)
  return { idle, perEvent, total }
}

export function eventsPerSecond(laps: readonly Lap[]): number {
  const events = laps.reduce((sum, lap) => sum + lap.events, 0)
  const seconds = laps.reduce((sum, lap) => sum + lap.busy.seconds, 0)
  return seconds === 0 ? 0 : events / seconds
}

function clientsOf(laps: readonly Lap[]): number {
  return Math.max(1, laps[0]?.clients ?? 1)
}

function rateOf(stretches: readonly Stretch[], clients: number, { cpuPerSecond }: Baseline): Rate {
  const seconds = stretches.reduce((sum, stretch) => sum + stretch.seconds, 0)
  const per = seconds * clients
  const sum = (of: (traffic: TrafficFigures) => number): number =>
    per === 0 ? 0 : stretches.reduce((total, { traffic }) => total + of(traffic), 0) / per
  return {
    requests: sum(({ requests, writes }) => requests + writes),
    bytesUp: sum(({ up }) => up.total),
    bytesDown: sum(({ down }) => down.total),
    cpuSeconds: stretches.some(({ server }) => server === null)
      ? null
      : Math.max(0, cpuOf(stretches) - cpuPerSecond * seconds) / Math.max(per, Number.MIN_VALUE),
  }
}

export function cpuOf(stretches: readonly Stretch[]): number {
  return stretches.reduce((sum, { server }) => sum + (server?.cpuSeconds ?? 0), 0)
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
