/** Computes the break-even of polling and push: where both cost the same. */
import type { CandidateResult } from '../results/candidate-result.ts'
import { costOfMemory, costOfRate, type Prices } from './cost.ts'

/** A client's cost for an hour as a line over the rate of events: what it costs idle, and per event a second. */
export interface CostLine {
  readonly idle: number
  readonly perEventSecond: number
}

/**
 * For which rates of events, per second, the push transport is the cheaper one.
 * `from`: above the rate; `upTo`: below it.
 */
export type PushPays =
  | { readonly pays: 'always' | 'never' }
  | { readonly pays: 'from' | 'upTo'; readonly eventsPerSecond: number }

export interface BreakEven {
  readonly push: string
  readonly poll: string
  /** Whether their costs at this workload's rate are distinguishable. Where they are not, the rate at which their lines meet says little. */
  readonly isTold: boolean
  readonly pushPays: PushPays
  /** The interval at which polling costs as much as pushing, at this workload's rate of events. `null`: none does. */
  readonly pollIntervalMs: number | null
}

export function costLine(candidate: Pick<CandidateResult, 'rates' | 'server'>, prices: Prices): CostLine {
  return {
    idle: costOfRate(candidate.rates.idle, prices) + costOfMemory(candidate, prices),
    perEventSecond: costOfRate(candidate.rates.perEvent, prices),
  }
}

export function costAt({ idle, perEventSecond }: CostLine, eventsPerSecond: number): number {
  return idle + perEventSecond * eventsPerSecond
}

export function pushPays(push: CostLine, poll: CostLine): PushPays {
  const head = poll.idle - push.idle
  const slope = poll.perEventSecond - push.perEventSecond
  if (head >= 0 && slope >= 0) return { pays: head > 0 || slope > 0 ? 'always' : 'never' }
  if (head <= 0 && slope <= 0) return { pays: 'never' }
  return { pays: slope > 0 ? 'from' : 'upTo', eventsPerSecond: -head / slope }
}

/**
 * Idle polling costs in proportion to how often one asks; what events add stays. The interval at which both ways cost
 * the same follows from that.
 */
export function equalIntervalMs(
  push: CostLine,
  poll: CostLine,
  intervalMs: number,
  eventsPerSecond: number,
): number | null {
  const left = costAt(push, eventsPerSecond) - poll.perEventSecond * eventsPerSecond
  return left <= 0 || poll.idle <= 0 ? null : (poll.idle * intervalMs) / left
}
