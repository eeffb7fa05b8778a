/** What the figures say. A pure function of them: nothing in it is belief. */
import type { ContenderResult, WorkloadFigures } from '../contender-result.ts'
import { atScale, clientCounts, type Scale, scaleFormula } from './at-scale.ts'
import { type BreakEven, costLine, equalIntervalMs, pushPays } from './break-even.ts'
import { type Cached, cachedBreakEven } from './cached.ts'
import { costEqually, costFormula, hourlyCost, type Prices } from './cost.ts'
import { type Exchange, type ExchangeBytes, exchangeOf } from './exchange.ts'
import type { Faster } from './faster.ts'
import { sentencesOf } from './sentences.ts'

export interface Verdict {
  readonly withinMs: number
  /** The cheapest that meets the latency wanted; `null`: none does. */
  readonly cheapest: string | null
  /** Those whose cost can't be told from the cheapest one's. */
  readonly equal: readonly string[]
  /** Of the cheapest and its equals, the one that takes the least to build and to run. */
  readonly choice: string | null
  /** All that meet it, cheapest first. */
  readonly meets: readonly string[]
  /** Why each other one does not. */
  readonly fails: readonly { readonly name: string; readonly because: string }[]
  /** Those with a clearly lower p99 than the cheapest one, and what they cost to its cost. */
  readonly faster: readonly Faster[]
  readonly breakEven: readonly BreakEven[]
  readonly cached: Cached | null
  readonly exchange: Exchange | null
  readonly atScale: readonly Scale[]
  readonly prices: Prices
  readonly formulas: { readonly cost: string; readonly scale: string; readonly breakEven: string }
  /** The same in words, the most important first. */
  readonly sentences: readonly string[]
}

export interface VerdictInput {
  readonly workload: WorkloadFigures
  readonly contenders: readonly ContenderResult[]
  readonly withinMs: number
  readonly prices: Prices
  /** Intervals of those that poll, in ms. */
  readonly intervals: ReadonlyMap<string, number>
  /** `null`: not measured. */
  readonly exchange: ExchangeBytes | null
}

const breakEvenFormula =
  'a client costs (idle + per event × events a second); both are measured, and the rate is where two such lines meet. ' +
  'Idle polling costs in inverse proportion to its interval, and the interval is where that meets the cost of pushing'

export function verdictOf(input: VerdictInput): Verdict {
  const { contenders, withinMs, prices, workload } = input
  const ours = contenders.filter(({ kind }) => kind !== 'outside')
  const byCost = [...ours].sort((a, b) => hourlyCost(a, prices) - hourlyCost(b, prices))
  const meeting = byCost.filter((contender) => failure(contender, withinMs) === null)
  const [cheapest] = meeting
  const equal = cheapest === undefined ? [] : meeting.slice(1).filter(equalTo(cheapest, prices))
  const facts = {
    withinMs,
    cheapest: cheapest?.name ?? null,
    equal: equal.map(nameOf),
    choice: cheapest === undefined ? null : simplest(cheapest, equal).name,
    meets: meeting.map(nameOf),
    fails: contenders.flatMap((contender) => {
      const because = failure(contender, withinMs)
      return because === null ? [] : [{ name: contender.name, because }]
    }),
    faster: cheapest === undefined ? [] : fasterThan(cheapest, meeting, prices),
    breakEven: breakEvens(ours, input),
    cached: cachedBreakEven(workload.reading, cheapestOf(byCost, 'poll'), cheapestOf(byCost, 'push'), prices),
    exchange: input.exchange === null ? null : exchangeOf(input.exchange),
    atScale: clientCounts.map((clients) => atScale(ours, clients, prices)),
    prices,
    formulas: { cost: costFormula, scale: scaleFormula, breakEven: breakEvenFormula },
  }
  return { ...facts, sentences: sentencesOf(facts, contenders, workload) }
}

/** Why a contender does not meet the latency wanted, in words; `null`: it does. */
export function failure({ latencyMs, lost }: ContenderResult, withinMs: number): string | null {
  if (lost > 0) return `${lost} deliveries never came`
  if (latencyMs.p99 === null) return 'nothing was heard'
  return latencyMs.p99 > withinMs ? `its p99 is ${Math.round(latencyMs.p99)} ms` : null
}

const nameOf = ({ name }: ContenderResult): string => name

function equalTo(cheapest: ContenderResult, prices: Prices) {
  return (other: ContenderResult): boolean => costEqually(cheapest, other, prices)
}

/**
 * Plain requests need nothing that stays open; a stream is one of them that goes on, and browsers read it by themselves;
 * a long-poll is asked for anew each time. The names are those of the usual seven.
 */
const simplicity = ['poll', 'sse', 'long-poll', 'websocket']

function simplest(cheapest: ContenderResult, equal: readonly ContenderResult[]): ContenderResult {
  const rank = ({ name, kind }: ContenderResult): number => simplicity.indexOf(kind === 'push' ? name : kind)
  return equal.reduce((best, each) => (rank(each) < rank(best) ? each : best), cheapest)
}

/** A p99 that is lower by less than a tenth is not lower in a way that holds. */
const clearly = 0.9

function fasterThan(cheapest: ContenderResult, meeting: readonly ContenderResult[], prices: Prices): Faster[] {
  const cost = hourlyCost(cheapest, prices)
  return meeting.flatMap((contender) => {
    const p99Ms = contender.latencyMs.p99
    if (p99Ms === null || p99Ms >= (cheapest.latencyMs.p99 ?? 0) * clearly) return []
    const timesTheCost = cost === 0 ? 1 : hourlyCost(contender, prices) / cost
    return [{ name: contender.name, p99Ms, timesTheCost }]
  })
}

function cheapestOf(byCost: readonly ContenderResult[], kind: ContenderResult['kind']): ContenderResult | null {
  return byCost.find((contender) => contender.kind === kind) ?? null
}

function breakEvens(contenders: readonly ContenderResult[], input: VerdictInput): BreakEven[] {
  const { prices, intervals, workload } = input
  const pushes = contenders.filter(({ kind }) => kind === 'push')
  const polls = contenders.filter(({ kind }) => kind === 'poll')
  return pushes.flatMap((push) =>
    polls.map((poll) => {
      const pushLine = costLine(push, prices)
      const pollLine = costLine(poll, prices)
      const interval = intervals.get(poll.name)
      return {
        push: push.name,
        poll: poll.name,
        pushPays: pushPays(pushLine, pollLine),
        pollIntervalMs:
          interval === undefined ? null : equalIntervalMs(pushLine, pollLine, interval, workload.eventsPerSecond),
      }
    }),
  )
}
