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

/** What is as good as equal: less than this apart, whatever the rounds say. */
const noise = 0.1
/** The part of a core that a server's own idling, and what else a machine does, moves a measurement by. */
const idleNoise = 0.02

/** Of one client for an hour at this rate of use, its memory left out. */
export function costOfRate({ cpuSeconds, bytesDown }: Rate, prices: Prices): number {
  const hour = 3600
  const cpu = ((cpuSeconds ?? 0) * hour * prices.coreHour) / hour
  return cpu + (bytesDown * hour * prices.gigabyteOut) / 1e9
}

export function costOfMemory({ server }: Pick<ContenderResult, 'server'>, prices: Prices): number {
  return ((server?.memoryBytesPerClient ?? 0) * prices.gigabyteHour) / 1e9
}

/** Of one client for an hour of this workload. */
export function hourlyCost(contender: Pick<ContenderResult, 'rates' | 'server'>, prices: Prices): number {
  return costOfRate(contender.rates.total, prices) + costOfMemory(contender, prices)
}

type Priced = Pick<ContenderResult, 'clients' | 'rates' | 'server' | 'spread'>

/** The costs of two are equal where their difference is inside the noise: that of their rounds, a tenth, or 2 % of a core. */
export function costEqually(a: Priced, b: Priced, prices: Prices): boolean {
  const [less, more] = [hourlyCost(a, prices), hourlyCost(b, prices)].sort((x, y) => x - y)
  if (less === undefined || more === undefined) return false
  if (more - less <= noise * more) return true
  if (more - less <= (idleNoise * prices.coreHour) / Math.max(1, a.clients)) return true
  const reach = (each: Priced): number => hourlyCost(each, prices) * relativeSpread(each)
  return more - less <= (reach(a) + reach(b)) / 2
}

/** By how much the rounds' CPU and bytes, whichever varied more, were apart, as a part of their middle. */
function relativeSpread({ spread }: Pick<ContenderResult, 'spread'>): number {
  if (spread === null) return 0
  const parts = [spread.cpuSeconds, spread.bytes].map((range) => {
    if (range === null) return 0
    const [low, high] = range
    return low + high === 0 ? 0 : (2 * (high - low)) / (low + high)
  })
  return Math.max(...parts)
}
