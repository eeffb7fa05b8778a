/** The decision in one sentence. */
import type { WorkloadFigures } from '../results/candidate-result.ts'
import { formatCost, type Prices } from './cost.ts'
import { type Decision, type RateSpan, rateLimits, type WayCost } from './decision.ts'
import { formatInterval, formatNumber } from './format.ts'

/** `apart`: costs that differ by less than this part of the higher one are alike. `null`: no way is soon enough. */
export function headline(decision: Decision, workload: WorkloadFigures, prices: Prices, apart: number): string | null {
  const { spans, withinMs } = decision
  if (spans.length === 0) return null
  const cache = workload.reading === 'page' ? ', with no cache in front' : ''
  const rule = `${capitalized(ruleOf(spans))}, for who can wait ${formatInterval(withinMs)}${cache}`
  return `${rule}. ${hereOf(decision, workload, prices, apart)}`
}

/** "below 0.4 events a second poll, above push" */
function ruleOf(spans: readonly RateSpan[]): string {
  const [first, ...others] = spans
  if (first === undefined || others.length === 0)
    return `${first?.family ?? 'poll'} at every rate of events up to ${formatNumber(rateLimits.to)} a second`
  return spans
    .map(({ family, from, to }, index) => {
      if (index === 0) return `below ${formatNumber(to)} events a second ${family}`
      return index === spans.length - 1 && spans.length === 2
        ? `above ${family}`
        : between(family, from, to, index, spans.length)
    })
    .join(', ')
}

function between(family: string, from: number, to: number, index: number, count: number): string {
  return index === count - 1
    ? `above ${formatNumber(from)} ${family} again`
    : `from there to ${formatNumber(to)} ${family}`
}

function hereOf({ poll, push }: Decision, { eventsPerSecond }: WorkloadFigures, prices: Prices, apart: number): string {
  const here = `This workload has ${formatNumber(eventsPerSecond)} events a second`
  if (poll === null || push === null) {
    const only = poll ?? push
    return only === null ? `${here}.` : `${here}: ${named(only, prices)}; no other kind of way is soon enough.`
  }
  const [less, more] = push.costPerHour <= poll.costPerHour ? [push, poll] : [poll, push]
  const costs = `${named(less, prices)}, ${named(more, prices)}`
  return more.costPerHour - less.costPerHour <= apart * more.costPerHour
    ? `${here}, where the two cost alike: ${costs}.`
    : `${here}: ${costs}.`
}

function named({ name, intervalMs, costPerHour }: WayCost, prices: Prices): string {
  const way = intervalMs === null ? name : `${name.replace(/-\d+m?s$/, '')} every ${formatInterval(intervalMs)}`
  return `${way} ${formatCost(costPerHour, prices)}`
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
