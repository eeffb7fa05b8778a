/** Scales the measured use per client to many clients: a product, marked as computed. */
import type { CandidateResult } from '../results/candidate-result.ts'
import { hourlyCost, type Prices } from './cost.ts'

export interface Scale {
  readonly clients: number
  readonly computed: true
  readonly contenders: readonly ScaledCandidate[]
}

export interface ScaledCandidate {
  readonly name: string
  readonly requestsPerSecond: number
  readonly megabitsPerSecond: { readonly up: number; readonly down: number }
  /** `null`: the server does not report it. */
  readonly cores: number | null
  readonly memoryBytes: number | null
  readonly costPerHour: number
}

export const clientCounts = [1000, 100_000, 1_000_000] as const

export const scaleFormula =
  'measured use of one client × clients, in channels of as many clients as were measured: ' +
  'requests a second × clients; bytes a second × 8 ÷ 10⁶ × clients; CPU seconds a second × clients; bytes of memory × clients'

export function atScale(contenders: readonly CandidateResult[], clients: number, prices: Prices): Scale {
  return { clients, computed: true, contenders: contenders.map((each) => scaled(each, clients, prices)) }
}

function scaled(candidate: CandidateResult, clients: number, prices: Prices): ScaledCandidate {
  const { requests, bytesUp, bytesDown, cpuSeconds } = candidate.rates.total
  const memory = candidate.server?.memoryBytesPerClient ?? null
  const megabits = (bytes: number): number => (bytes * 8 * clients) / 1e6
  return {
    name: candidate.name,
    requestsPerSecond: requests * clients,
    megabitsPerSecond: { up: megabits(bytesUp), down: megabits(bytesDown) },
    cores: cpuSeconds === null ? null : cpuSeconds * clients,
    memoryBytes: memory === null ? null : memory * clients,
    costPerHour: hourlyCost(candidate, prices) * clients,
  }
}
