/** What the figures say. A pure function of them: nothing in it is belief. */
import type { ContenderResult, WorkloadFigures } from '../contender-result.ts'
import { costAlike, type Ground, groundOf } from './alike.ts'
import { atScale, clientCounts, type Scale, scaleFormula } from './at-scale.ts'
import { type BreakEven, costLine, equalIntervalMs, pushPays } from './break-even.ts'
import { type Cached, cachedBreakEven } from './cached.ts'
import { costFormula, hourlyCost, type Prices } from './cost.ts'
import { type Exchange, type ExchangeBytes, exchangeOf } from './exchange.ts'
import { type Faster, fasterThan } from './faster.ts'
import { sentencesOf } from './sentences.ts'

export interface Verdict {
  readonly withinMs: number
  readonly ground: Ground
  /** The cheapest that meets the latency wanted. `null`: none does, or who is the cheapest cannot be told. */
  readonly cheapest: string | null
  /** Those that meet it and of which the cheapest cannot be told, simplest first; empty: it can, or none meets it. */
  readonly equal: readonly string[]
  /** The cheapest; of equals, the one that takes the least to build and to run. `null`: none meets it. */
  readonly choice: string | null
  /** All that meet it, by what they were measured to cost. */
  readonly meets: readonly string[]
  /** Why each other one does not. */
  readonly fails: readonly { readonly name: string; readonly because: string }[]
  /** Those that are clearly sooner than the choice, and what they cost to its cost. */
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
  const ground = groundOf(
    workload,
    ours.some(({ marks }) => marks.includes('computed')),
  )
  const [lowest] = meeting
  const alike = meeting.filter((each) => lowest !== undefined && costAlike(lowest, each, prices, ground))
  const [choice, ...equals] = [...alike].sort((a, b) => rank(a) - rank(b))
  const facts = {
    withinMs,
    ground,
    cheapest: equals.length === 0 ? (choice?.name ?? null) : null,
    equal: equals.length === 0 || choice === undefined ? [] : [choice, ...equals].map(nameOf),
    choice: choice?.name ?? null,
    meets: meeting.map(nameOf),
    fails: contenders.flatMap((contender) => {
      const because = failure(contender, withinMs)
      return because === null ? [] : [{ name: contender.name, because }]
    }),
    faster: choice === undefined ? [] : fasterThan(choice, meeting, prices, ground),
    breakEven: breakEvens(ours, input, ground),
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

/**
 * Plain requests need nothing that stays open; a stream is one of them that goes on, and browsers read it by themselves;
 * a long-poll is asked for anew each time. The names are those of the usual seven.
 */
const simplicity = ['poll', 'sse', 'long-poll', 'websocket']

function rank({ name, kind }: ContenderResult): number {
  return simplicity.indexOf(kind === 'push' ? name : kind)
}

function cheapestOf(byCost: readonly ContenderResult[], kind: ContenderResult['kind']): ContenderResult | null {
  return byCost.find((contender) => contender.kind === kind) ?? null
}

function breakEvens(contenders: readonly ContenderResult[], input: VerdictInput, ground: Ground): BreakEven[] {
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
        isTold: !costAlike(push, poll, prices, ground),
        pushPays: pushPays(pushLine, pollLine),
        pollIntervalMs:
          interval === undefined ? null : equalIntervalMs(pushLine, pollLine, interval, workload.eventsPerSecond),
      }
    }),
  )
}
