/** Decides which costs are indistinguishable: their difference is within the noise of the measurement. */
import type { CandidateResult, WorkloadFigures } from '../results/candidate-result.ts'
import { costOfCpu, costOfMemory, hourlyCost, type Prices } from './cost.ts'

/** What the figures rest on. */
export interface Evidence {
  readonly rounds: number
  /** Counted events of one round. */
  readonly events: number
  /** Costs whose difference is less than this part of the higher one are indistinguishable, whatever else is known of them. */
  readonly apart: number
}

/** Less than this apart is as good as equal, however many deliveries there were. */
const leastApart = 0.1

/**
 * An event that is answered just before or just after the end of a round moves that round by one of its events, and the
 * mean of n that differ as much as they are large is known to one part in √n.
 */
export function evidenceOf({ rounds, events }: WorkloadFigures, isComputed: boolean): Evidence {
  // Where events are rare, idling is what was measured, and that is no matter of how many there were.
  const few = isComputed ? leastApart : 1 / Math.sqrt(Math.max(1, rounds * events))
  return { rounds, events, apart: Math.max(leastApart, few) }
}

/** The part of a core that a server's own idling, and what else a machine does, moves a measurement by. */
export const idleNoise = 0.02
/** With few connections, what one takes of the memory differs by as much from one time to the next. */
const memoryNoise = 0.5

type Priced = Pick<CandidateResult, 'clients' | 'rates' | 'server' | 'spread' | 'cpuNoise' | 'marks'>

/** Why costs that differ count as equal. */
export type Margin = 'idle-noise' | 'few-events' | 'own-noise' | 'rounds'

export function isCostIndistinguishable(
  a: Priced,
  b: Priced,
  prices: Prices,
  ground: Pick<Evidence, 'apart'>,
): boolean {
  return findMargin(a, b, prices, ground) !== null
}

/** The margin within which two costs lie, the plainest of them first; `null`: they are apart. */
export function findMargin(a: Priced, b: Priced, prices: Prices, { apart }: Pick<Evidence, 'apart'>): Margin | null {
  const [less, more] = [hourlyCost(a, prices), hourlyCost(b, prices)].sort((x, y) => x - y)
  if (less === undefined || more === undefined) return null
  const difference = more - less
  if (difference <= (idleNoise * prices.coreHour) / Math.max(1, a.clients)) return 'idle-noise'
  if (difference <= apart * more) return 'few-events'
  if (difference <= apart * more + unsureOf(a, prices) + unsureOf(b, prices)) return 'own-noise'
  return difference <= (roundsReach(a, prices) + roundsReach(b, prices)) / 2 ? 'rounds' : null
}

/** What the figures of one candidate themselves say that they may be off by. */
function unsureOf(each: Priced, prices: Prices): number {
  const cpu = (each.cpuNoise ?? 0) * costOfCpu(each.rates.total, prices)
  return cpu + (each.marks.includes('memory-rough') ? memoryNoise * costOfMemory(each, prices) : 0)
}

/** By how much the rounds were apart: their CPU or their bytes, whichever varied more. */
function roundsReach(each: Priced, prices: Prices): number {
  const { spread } = each
  if (spread === null) return 0
  const parts = [spread.cpuSeconds, spread.bytes].map((range) => {
    if (range === null) return 0
    const [low, high] = range
    return low + high === 0 ? 0 : (2 * (high - low)) / (low + high)
  })
  return hourlyCost(each, prices) * Math.max(...parts)
}
