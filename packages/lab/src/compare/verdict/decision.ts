/**
 * Who should poll and who should push: for somebody who can wait so long, the cheapest way at each rate of events.
 * Computed from what each way was measured to cost idle and per event.
 */
import type { CandidateResult } from '../results/candidate-result.ts'
import { type CostLine, costAt } from './break-even.ts'
import { costOfMemory, costOfRate, type Prices } from './cost.ts'

/** `push`: something stays open, be it a stream, a socket or a held request. */
export type Family = 'poll' | 'push'

export interface Way {
  /** The candidate whose figures it rests on. */
  readonly name: string
  readonly family: Family
  /** How often it asks, in ms: as seldom as the patience allows. `null`: it does not poll. */
  readonly intervalMs: number | null
  readonly line: CostLine
}

/** The rates, in events a second, between which a way is the cheapest one. */
export interface RateSpan {
  readonly from: number
  readonly to: number
  readonly family: Family
  readonly name: string
}

export interface Decision {
  readonly withinMs: number
  /** In rising rates, without a gap; neighbours are of different families. Empty: no way is soon enough. */
  readonly spans: readonly RateSpan[]
  /** What the cheapest way of each family costs at this workload's rate, a client and hour. `null`: none is soon enough. */
  readonly poll: WayCost | null
  readonly push: WayCost | null
}

export interface WayCost {
  readonly name: string
  readonly intervalMs: number | null
  readonly costPerHour: number
}

/** Rates outside of these, in events a second, are outside of what the figures can carry. */
export const rateLimits = { from: 1e-4, to: 1000 } as const
/** Nobody asks more often. */
const leastIntervalMs = 10

export interface DecisionInput {
  /** Those whose figures can be relied on, of our own server. */
  readonly candidates: readonly CandidateResult[]
  readonly prices: Prices
}

export function decide(input: DecisionInput, withinMs: number, eventsPerSecond: number): Decision {
  const ways = waysWithin(input, withinMs)
  return {
    withinMs,
    spans: mergeFamilies(cheapestSpans(ways)),
    poll: cheapestOf(ways, 'poll', eventsPerSecond),
    push: cheapestOf(ways, 'push', eventsPerSecond),
  }
}

/** Those that deliver soon enough. A poll is asked as seldom as that allows, whatever interval it was measured at. */
export function waysWithin({ candidates, prices }: DecisionInput, withinMs: number): Way[] {
  // What a front adds, or a cache saves, is no property of the way.
  const bare = candidates.filter(({ front }) => front === null)
  const pushes = bare.flatMap((candidate): Way[] => {
    const { name, kind, lost, latencyMs, rates } = candidate
    if (kind === 'poll' || kind === 'outside') return []
    if (lost > 0 || latencyMs.p99 === null || latencyMs.p99 > withinMs) return []
    const idle = costOfRate(rates.idle, prices) + costOfMemory(candidate, prices)
    return [
      { name, family: 'push', intervalMs: null, line: { idle, perEventSecond: costOfRate(rates.perEvent, prices) } },
    ]
  })
  return [...pushes, ...pollsAt(bare, prices, withinMs)]
}

/**
 * What asking costs idle goes in inverse proportion to the interval. What an event adds was measured at one interval,
 * and at another one differs (one answer may bring several, or leave out replaced ones): so those are taken that were
 * measured nearest to it.
 */
function pollsAt(candidates: readonly CandidateResult[], prices: Prices, patienceMs: number): Way[] {
  const polls = candidates.flatMap((candidate) => {
    const { intervalMs: measuredMs } = candidate
    return measuredMs === null || candidate.lost > 0 ? [] : [{ candidate, measuredMs }]
  })
  const distance = (ms: number): number => Math.abs(Math.log(ms / patienceMs))
  const nearest = Math.min(...polls.map(({ measuredMs }) => distance(measuredMs)))
  return polls
    .filter(({ measuredMs }) => distance(measuredMs) === nearest)
    .flatMap(({ candidate, measuredMs }): Way[] => {
      // What comes on top of the interval, the time of the request itself, leaves less of the patience for it.
      const intervalMs = patienceMs - Math.max(0, (candidate.latencyMs.p99 ?? 0) - measuredMs)
      if (intervalMs < leastIntervalMs) return []
      const idle =
        (costOfRate(candidate.rates.idle, prices) * measuredMs) / intervalMs + costOfMemory(candidate, prices)
      const line = { idle, perEventSecond: costOfRate(candidate.rates.perEvent, prices) }
      return [{ name: candidate.name, family: 'poll', intervalMs, line }]
    })
}

/** The lower envelope of the ways' lines, between the limits of rates. */
export function cheapestSpans(ways: readonly Way[]): RateSpan[] {
  const spans: RateSpan[] = []
  let from: number = rateLimits.from
  let current = cheapestAt(ways, from)
  while (current !== null && from < rateLimits.to) {
    const next = nextCheaper(ways, current, from)
    const to = next === null ? rateLimits.to : next.at
    spans.push({ from, to, family: current.family, name: current.name })
    from = to
    current = next?.way ?? null
  }
  return spans
}

/** At a rate where several cost the same, the one that grows the least is the cheapest one behind it. */
export function cheapestAt(ways: readonly Way[], rate: number): Way | null {
  const [first = null] = [...ways].sort(
    (a, b) => costAt(a.line, rate) - costAt(b.line, rate) || a.line.perEventSecond - b.line.perEventSecond,
  )
  return first
}

/** Where, behind `from`, the first other line falls below that of `current`. */
function nextCheaper(
  ways: readonly Way[],
  current: Way,
  from: number,
): { readonly at: number; readonly way: Way } | null {
  const crossings = ways.flatMap((way) => {
    const slope = current.line.perEventSecond - way.line.perEventSecond
    const at = (way.line.idle - current.line.idle) / slope
    return slope > 0 && at > from && at < rateLimits.to ? [{ at, way }] : []
  })
  const [next = null] = crossings.sort((a, b) => a.at - b.at || a.way.line.perEventSecond - b.way.line.perEventSecond)
  return next
}

function mergeFamilies(spans: readonly RateSpan[]): RateSpan[] {
  const merged: RateSpan[] = []
  for (const span of spans) {
    const last = merged.at(-1)
    if (last?.family === span.family) merged[merged.length - 1] = { ...last, to: span.to }
    else merged.push(span)
  }
  return merged
}

function cheapestOf(ways: readonly Way[], family: Family, rate: number): WayCost | null {
  const way = cheapestAt(
    ways.filter((each) => each.family === family),
    rate,
  )
  if (way === null) return null
  return { name: way.name, intervalMs: way.intervalMs, costPerHour: costAt(way.line, rate) }
}
