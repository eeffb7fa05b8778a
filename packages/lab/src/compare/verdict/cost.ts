/** One figure for what a reader costs, so that ways of reading can be ordered: computed from measured use and given prices. */
import type { CandidateResult, Rate } from '../results/candidate-result.ts'
import { formatNumber } from './format.ts'

export interface Prices {
  /** Price of one core for an hour. */
  readonly coreHour: number
  /** Price of 10⁹ bytes that leave the server. */
  readonly gigabyteOut: number
  /** Price of 10⁹ bytes of memory for an hour. */
  readonly gigabyteHour: number
  /** What the prices, and all costs, are counted in. */
  readonly currency: string
}

/** About what large clouds list, in dollars. Only their proportions decide who is cheaper. */
export const defaultPrices: Prices = { coreHour: 0.04, gigabyteOut: 0.05, gigabyteHour: 0.005, currency: 'USD' }

/** Costs of one client and hour are too small to read: they are shown for so many client-hours. */
export const shownClientHours = 1000

/** "0.55 USD": of a client and hour, shown for a thousand. */
export function formatCost(costPerHour: number, { currency }: Prices): string {
  return `${formatNumber(costPerHour * shownClientHours)} ${currency}`
}

export function describePrices({ coreHour, gigabyteOut, gigabyteHour, currency }: Prices): string {
  return (
    `Costs are in ${currency} for ${shownClientHours.toLocaleString('en-US')} clients and an hour, at ${coreHour} ${currency} a core-hour, ` +
    `${gigabyteOut} ${currency} for 10⁹ bytes out, ${gigabyteHour} ${currency} for 10⁹ bytes of memory and an hour (--price)`
  )
}

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
