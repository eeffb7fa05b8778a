/** What is of the whole process, so there is one registry for all servers in it, from the first scrape on. */
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
  // These show an empty window as a minimum of 292 years and a mean that is no number.
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
const quantiles = [0.5, 0.9, 0.99, 1]

function loopDelay(family: Families): void {
  const histogram = monitorEventLoopDelay({ resolution: resolutionMs })
  histogram.enable()
  family.gauge(
    'nodejs_eventloop_delay_seconds',
    'By how much timers were late since the last scrape.',
    ['quantile'],
    () => {
      if (histogram.count === 0) return []
      // It measures from one sample to the next, so a loop that is never late shows the resolution itself.
      const late = (nanoseconds: number) => Math.max(0, nanoseconds / 1e9 - resolutionMs / 1000)
      const read = quantiles.map(
        (quantile) => [{ quantile: String(quantile) }, late(histogram.percentile(quantile * 100))] as const,
      )
      histogram.reset()
      return read
    },
  )
}
