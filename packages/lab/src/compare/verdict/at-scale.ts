/** What measured use per client comes to with many: a product, named as computed. */
import type { ContenderResult } from '../contender-result.ts'
import { hourlyCost, type Prices } from './cost.ts'

export interface Scale {
  readonly clients: number
  readonly computed: true
  readonly contenders: readonly ScaledContender[]
}

export interface ScaledContender {
  readonly name: string
  readonly requestsPerSecond: number
  readonly megabitsPerSecond: { readonly up: number; readonly down: number }
  /** `null`: the server does not tell. */
  readonly cores: number | null
  readonly memoryBytes: number | null
  readonly costPerHour: number
}

export const clientCounts = [1000, 100_000, 1_000_000] as const

export const scaleFormula =
  'measured use of one client × clients, in channels of as many clients as were measured: ' +
  'requests a second × clients; bytes a second × 8 ÷ 10⁶ × clients; CPU seconds a second × clients; bytes of memory × clients'

export function atScale(contenders: readonly ContenderResult[], clients: number, prices: Prices): Scale {
  return { clients, computed: true, contenders: contenders.map((each) => scaled(each, clients, prices)) }
}

function scaled(contender: ContenderResult, clients: number, prices: Prices): ScaledContender {
  const { requests, bytesUp, bytesDown, cpuSeconds } = contender.rates.total
  const memory = contender.server?.memoryBytesPerClient ?? null
  const megabits = (bytes: number): number => (bytes * 8 * clients) / 1e6
  return {
    name: contender.name,
    requestsPerSecond: requests * clients,
    megabitsPerSecond: { up: megabits(bytesUp), down: megabits(bytesDown) },
    cores: cpuSeconds === null ? null : cpuSeconds * clients,
    memoryBytes: memory === null ? null : memory * clients,
    costPerHour: hourlyCost(contender, prices) * clients,
  }
}
