/**
 * A page that is the same for all can be answered by a cache: the server is asked once an interval, however many read.
 * Computed from what one poller was measured to cost.
 */
import type { CandidateResult } from '../results/candidate-result.ts'
import { hourlyCost, type Prices } from './cost.ts'

export interface CachedBreakEven {
  readonly poll: string
  readonly push: string
  /** From this many readers of one page on, the cached page is the cheaper one for the server. */
  readonly clients: number
  readonly computed: true
}

/** `null`: nothing here can be cached, or nothing was measured to compare with. */
export function cachedBreakEven(
  reading: 'changes' | 'page',
  poll: CandidateResult | null,
  push: CandidateResult | null,
  prices: Prices,
): CachedBreakEven | null {
  if (reading !== 'page' || poll === null || push === null) return null
  const each = hourlyCost(push, prices)
  if (each <= 0) return null
  return { poll: poll.name, push: push.name, clients: Math.max(1, hourlyCost(poll, prices) / each), computed: true }
}
