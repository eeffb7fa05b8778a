/** One figure for what a reader costs, so that ways of reading can be ordered: computed from measured use and given prices. */
import type { ContenderResult, Rate } from '../contender-result.ts'

export interface Prices {
  /** Of one core for an hour. */
  readonly coreHour: number
  /** Of 10⁹ bytes that leave the server. */
  readonly gigabyteOut: number
  /** Of 10⁹ bytes of memory for an hour. */
  readonly gigabyteHour: number
}

/** About what large clouds list, in dollars. Only their proportions decide who is cheaper. */
export const usualPrices: Prices = { coreHour: 0.04, gigabyteOut: 0.05, gigabyteHour: 0.005 }

export const costFormula =
  'cost = CPU hours × price of a core-hour + bytes out ÷ 10⁹ × price of a gigabyte + resident bytes ÷ 10⁹ × hours × price of a gigabyte-hour'

/** Of one client for an hour at this rate of use, its memory left out. */
export function costOfRate(rate: Rate, prices: Prices): number {
  const hour = 3600
  return costOfCpu(rate, prices) + (rate.bytesDown * hour * prices.gigabyteOut) / 1e9
}

export function costOfCpu({ cpuSeconds }: Rate, prices: Prices): number {
  return (cpuSeconds ?? 0) * prices.coreHour
}

export function costOfMemory({ server }: Pick<ContenderResult, 'server'>, prices: Prices): number {
  return ((server?.memoryBytesPerClient ?? 0) * prices.gigabyteHour) / 1e9
}

/** Of one client for an hour of this workload. */
export function hourlyCost(contender: Pick<ContenderResult, 'rates' | 'server'>, prices: Prices): number {
  return costOfRate(contender.rates.total, prices) + costOfMemory(contender, prices)
}
