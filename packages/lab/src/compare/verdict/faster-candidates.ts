import type { CandidateResult } from '../results/candidate-result.ts'
import { hourlyCost, type Prices } from './cost.ts'
import { type Evidence, isCostIndistinguishable } from './cost-significance.ts'

export interface FasterCandidate {
  readonly name: string
  readonly p99Ms: number
  /** `null`: its cost is too close to that of the choice to say. */
  readonly timesTheCost: number | null
}

/** The last hundredth of fewer events than this is the slowest one, and what that was is chance. */
export const fewEvents = 100
/** What is lower by less than this is not lower in a way that holds. */
const clearly = 0.9
const clearlyOfFew = 0.5

/** Those that are sooner than the choice in a way that holds, in the half of the events and in nearly all. */
export function findFasterCandidates(
  choice: CandidateResult,
  meeting: readonly CandidateResult[],
  prices: Prices,
  ground: Evidence,
): FasterCandidate[] {
  const cost = hourlyCost(choice, prices)
  const part = ground.rounds * ground.events < fewEvents ? clearlyOfFew : clearly
  const isSooner = (a: number | null, b: number | null): boolean => a !== null && b !== null && a < b * part
  return meeting.flatMap((candidate) => {
    const { p50, p99 } = candidate.latencyMs
    if (p99 === null || !isSooner(p99, choice.latencyMs.p99) || !isSooner(p50, choice.latencyMs.p50)) return []
    const isAlike = cost === 0 || isCostIndistinguishable(candidate, choice, prices, ground)
    return [{ name: candidate.name, p99Ms: p99, timesTheCost: isAlike ? null : hourlyCost(candidate, prices) / cost }]
  })
}
