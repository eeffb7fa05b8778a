/** One figure for what a reader costs, so that ways of reading can be ordered: computed from measured use and given prices. */
import type { CandidateResult, Rate } from '../results/candidate-result.ts'

export interface Prices {
  /** Price of one core for an hour. */
  readonly coreHour: number
  /** Price of 10⁹ bytes that leave the server. */
  readonly gigabyteOut: number
  /** Price of 10⁹ bytes of memory for an hour. */
  readonly gigabyteHour: number
}

/** About what large clouds list, in dollars. Only their proportions decide who is cheaper. */
export const defaultPrices: Prices = { coreHour: 0.04, gigabyteOut: 0.05, gigabyteHour: 0.005 }

export const costFormula =
  'cost = CPU hours × price of a core-hour + bytes out ÷ 10⁹ × price of a gigabyte + resident bytes ÷ 10⁹ × hours × price of a gigabyte-hour'

/** What one client costs in an hour at this rate of use, without its memory. */
export function costOfRate(rate: Rate, prices: Prices): number {
  const hour = 3600
  return costOfCpu(rate, prices) + (rate.bytesDown * hour * prices.gigabyteOut) / 1e9
}

export function costOfCpu({ cpuSeconds }: Rate, prices: Prices): number {
  return (cpuSeconds ?? 0) * prices.coreHour
}

export function costOfMemory({ server }: Pick<CandidateResult, 'server'>, prices: Prices): number {
  return ((server?.memoryBytesPerClient ?? 0) * prices.gigabyteHour) / 1e9
}

/** What one client costs in an hour of this workload, with its memory. */
export function hourlyCost(candidate: Pick<CandidateResult, 'rates' | 'server'>, prices: Prices): number {
  return costOfRate(candidate.rates.total, prices) + costOfMemory(candidate, prices)
}
