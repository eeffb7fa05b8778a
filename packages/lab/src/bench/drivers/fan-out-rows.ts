/** Formats the result of a load as one line and as rows of the table. */

import type { Row } from '../report/report.ts'
import type { FanOutResult } from './firehose.ts'

/** The share of time from which on a busy load generator limits the run. */
const busyGenerator = 0.9

/** The share of a core from which on the server limits the run too. */
const busyServer = 0.9

/** The share of a core from which on other work on the machine limits the run; a machine at rest uses less. */
const muchElse = 0.2

export function isGeneratorBusy({ generator }: FanOutResult): boolean {
  return generator > busyGenerator
}

export function formatResult(result: FanOutResult): string {
  const { name, perSecond, lost, repeated, reordered } = result
  return `${name}, ${perSecond} msg/s: ${formatCost(result)}, lost ${lost}, repeated ${repeated}, reordered ${reordered}`
}

/** A candidate's cost, load and delays, and what limited the run, if anything did. */
export function formatCost(result: FanOutResult): string {
  const { cpu, load, late, p50, p99, writeP99, generator, others, parts: cpuByPart, lost } = result
  const each = Object.entries(cpuByPart).map(([name, micros]) => `${name} ${micros.toFixed(2)}`)
  const parts = [
    `${cpu.toFixed(2)} µs per delivery${each.length === 0 ? '' : ` (${each.join(', ')})`}`,
    `${(load * 100).toFixed(0)} % of a core`,
    `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, write p99 ${writeP99.toFixed(1)} ms`,
    `${late.toFixed(1)} s late`,
    isGeneratorBusy(result)
      ? `${load > busyServer ? 'SERVER AND LOAD GENERATOR WERE AT THEIR LIMITS' : 'THE LOAD GENERATOR WAS THE BOTTLENECK'} (${(generator * 100).toFixed(0)} % busy)`
      : `load generator ${(generator * 100).toFixed(0)} % busy`,
    ...(lost > 0 ? [`LOST ${lost} DELIVERIES: not to be compared`] : []),
    ...(others !== null && others > muchElse ? [`OTHER WORK TOOK ${(others * 100).toFixed(0)} % OF A CORE`] : []),
  ]
  return parts.join(', ')
}

/** The ratio of two candidates' CPU per delivery, in one run. */
export function costRatioRow(result: FanOutResult, to: FanOutResult, bar: Pick<Row, 'limit' | 'aim'>): Row {
  return {
    title: `${result.perSecond} msg/s: CPU per delivery of ${result.name}, to ${to.name}`,
    value: result.cpu / to.cpu,
    unit: 'times',
    ...bar,
    detail: `${formatCost(result)}; ${to.name}: ${formatCost(to)}`,
  }
}

/** Deliveries that were lost, repeated or out of order; the limit is 0. */
export function faultRows(results: readonly FanOutResult[]): Row[] {
  return results.map((result) => ({
    title: `${result.perSecond} msg/s: lost, repeated or reordered by ${result.name}`,
    value: result.lost + result.repeated + result.reordered,
    unit: 'deliveries',
    limit: 0,
    detail: `of ${result.received}`,
  }))
}

/** The faults of other servers, shown without a limit: not all of them promise an order. */
export function formatFaults({ name, lost, repeated, reordered }: FanOutResult): string {
  return `${name}: ${lost} lost, ${repeated} repeated, ${reordered} readers with another order`
}
