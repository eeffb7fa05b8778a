/** Metrics of the whole process: one registry for all servers in it, opened at the first scrape. */
import { monitorEventLoopDelay, performance } from 'node:perf_hooks'
import type { Registry } from 'prom-client'
import { Families, type Prom } from './families.ts'

let opened: Registry | null = null

export function processRegistry(prom: Prom): Registry {
  opened ??= open(prom)
  return opened
}

function open(prom: Prom): Registry {
  const registry = new prom.Registry()
  prom.collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: neverMs })
  // For a window without samples these show a minimum of 292 years and a mean of NaN.
  for (const { name } of registry.getMetricsAsArray())
    if (name.startsWith('nodejs_eventloop_lag')) registry.removeSingleMetric(name)
  const family = new Families(prom, registry)
  loopDelay(family)
  family.counter(
    'nodejs_eventloop_seconds_total',
    'Time of the event loop; active over both is its utilisation.',
    ['state'],
    () => {
      const { active, idle } = performance.eventLoopUtilization()
      return [
        [{ state: 'active' }, active / 1000],
        [{ state: 'idle' }, idle / 1000],
      ]
    },
  )
  return registry
}

const neverMs = 86_400_000
const resolutionMs = 20

/** The longest of so many fractions of the timers, by the name of their metric. */
const figures = { p50: 50, p90: 90, p99: 99, max: 100 } as const

/** One gauge for each, as the conventions want it: a label `quantile` belongs to summaries. */
function loopDelay(family: Families): void {
  const histogram = monitorEventLoopDelay({ resolution: resolutionMs })
  histogram.enable()
  let read: Readonly<Record<string, number>> = {}
  for (const [figure, percentile] of Object.entries(figures)) {
    family.gauge(
      `nodejs_eventloop_delay_${figure}_seconds`,
      figure === 'max'
        ? 'By how much the latest timer was late since the last scrape.'
        : `By how much timers were late since the last scrape: ${percentile} of 100 by no more.`,
      [],
      () => {
        // The first of them reads for all, since reading starts the histogram over.
        if (figure === 'p50') read = takeFigures(histogram)
        const value = read[figure]
        return value === undefined ? [] : [[{}, value]]
      },
    )
  }
}

function takeFigures(histogram: ReturnType<typeof monitorEventLoopDelay>): Readonly<Record<string, number>> {
  if (histogram.count === 0) return {}
  // The histogram measures the time between samples, so that a loop without delay shows the resolution.
  const late = (nanoseconds: number) => Math.max(0, nanoseconds / 1e9 - resolutionMs / 1000)
  const read = Object.fromEntries(
    Object.entries(figures).map(([figure, percentile]) => [figure, late(histogram.percentile(percentile))]),
  )
  histogram.reset()
  return read
}
