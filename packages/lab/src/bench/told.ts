/** How a load's result is told, in one line and in the table's details. */
import type { FanOutResult } from './pour.ts'
import type { Row } from './report.ts'

/** Of its time: a load generator that is busier is what limits the run. */
const busyGenerator = 0.9

/** Of a core: then it is not the load generator alone that limits. */
const busyServer = 0.9

/** Of a core: what else the machine does at rest is less. */
const muchElse = 0.2

export function isGeneratorBusy({ generator }: FanOutResult): boolean {
  return generator > busyGenerator
}

export function lineOf(result: FanOutResult): string {
  const { name, perSecond, lost, repeated, reordered } = result
  return `${name}, ${perSecond} msg/s: ${costOf(result)}, lost ${lost}, repeated ${repeated}, reordered ${reordered}`
}

/** A contender's cost, load and delays, and who was the bottleneck where somebody was. */
export function costOf(result: FanOutResult): string {
  const { cpu, load, late, p50, p99, generator, others, parts, lost } = result
  const each = Object.entries(parts).map(([name, micros]) => `${name} ${micros.toFixed(2)}`)
  const said = [
    `${cpu.toFixed(2)} µs per delivery${each.length === 0 ? '' : ` (${each.join(', ')})`}`,
    `${(load * 100).toFixed(0)} % of a core`,
    `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`,
    `${late.toFixed(1)} s late`,
    isGeneratorBusy(result)
      ? `${load > busyServer ? 'SERVER AND LOAD GENERATOR WERE AT THEIR LIMITS' : 'THE LOAD GENERATOR WAS THE BOTTLENECK'} (${(generator * 100).toFixed(0)} % busy)`
      : `load generator ${(generator * 100).toFixed(0)} % busy`,
    ...(lost > 0 ? [`LOST ${lost} DELIVERIES: not to be compared`] : []),
    ...(others !== null && others > muchElse ? [`OTHER WORK TOOK ${(others * 100).toFixed(0)} % OF A CORE`] : []),
  ]
  return said.join(', ')
}

/** CPU per delivery of one to another's, in one run. */
export function ratio(result: FanOutResult, to: FanOutResult, bar: Pick<Row, 'limit' | 'aim'>): Row {
  return {
    title: `${result.perSecond} msg/s: CPU per delivery of ${result.name}, to ${to.name}`,
    value: result.cpu / to.cpu,
    unit: 'times',
    ...bar,
    detail: `${costOf(result)}; ${to.name}: ${costOf(to)}`,
  }
}

/** What was lost, repeated or out of order: nothing may be. */
export function faults(results: readonly FanOutResult[]): Row[] {
  return results.map((result) => ({
    title: `${result.perSecond} msg/s: lost, repeated or reordered by ${result.name}`,
    value: result.lost + result.repeated + result.reordered,
    unit: 'deliveries',
    limit: 0,
    detail: `of ${result.received}`,
  }))
}

/** The faults of others, told and not judged: not all of them promise an order. */
export function faultsOf({ name, lost, repeated, reordered }: FanOutResult): string {
  return `${name}: ${lost} lost, ${repeated} repeated, ${reordered} readers with another order`
}
