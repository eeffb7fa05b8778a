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

/** How many events, over all rounds, a figure for so many clients needs: what few of them cost says little about many. */
const neededEvents = [
  { clients: 1000, events: 30 },
  { clients: 100_000, events: 100 },
  { clients: 1_000_000, events: 100 },
] as const

/** For how many clients the run has events enough. Where events are rare, idling is what was measured, and any number will do. */
export function clientCounts(events: number, isComputed: boolean): number[] {
  return neededEvents.filter((each) => isComputed || events >= each.events).map(({ clients }) => clients)
}

/** What is left out for lack of events, in words; `null`: nothing. */
export function missingScale(events: number, isComputed: boolean): string | null {
  const [first] = neededEvents.filter((each) => !isComputed && events < each.events)
  if (first === undefined) return null
  return (
    `Figures for ${first.clients.toLocaleString('en-US')} clients and more are left out: they need ${first.events} events ` +
    `or more, and this run had ${events}. Measure longer (--duration, --repeat).`
  )
}

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
