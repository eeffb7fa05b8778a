import type { ContenderResult } from '../contender-result.ts'
import { costAlike, type Ground } from './alike.ts'
import { hourlyCost, type Prices } from './cost.ts'

export interface Faster {
  readonly name: string
  readonly p99Ms: number
  /** `null`: its cost cannot be told from that of the choice. */
  readonly timesTheCost: number | null
}

/** The last hundredth of fewer events than this is the slowest one, and what that was is chance. */
export const fewEvents = 100
/** What is lower by less than this is not lower in a way that holds. */
const clearly = 0.9
const clearlyOfFew = 0.5

/** Those that are sooner than the choice in a way that holds, in the half of the events and in nearly all. */
export function fasterThan(
  choice: ContenderResult,
  meeting: readonly ContenderResult[],
  prices: Prices,
  ground: Ground,
): Faster[] {
  const cost = hourlyCost(choice, prices)
  const part = ground.rounds * ground.events < fewEvents ? clearlyOfFew : clearly
  const isSooner = (a: number | null, b: number | null): boolean => a !== null && b !== null && a < b * part
  return meeting.flatMap((contender) => {
    const { p50, p99 } = contender.latencyMs
    if (p99 === null || !isSooner(p99, choice.latencyMs.p99) || !isSooner(p50, choice.latencyMs.p50)) return []
    const isAlike = cost === 0 || costAlike(contender, choice, prices, ground)
    return [{ name: contender.name, p99Ms: p99, timesTheCost: isAlike ? null : hourlyCost(contender, prices) / cost }]
  })
}
