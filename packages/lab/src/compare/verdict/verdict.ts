/** The verdict: a pure function of the measured figures. */
import type { CandidateResult, WorkloadFigures } from '../results/candidate-result.ts'
import { type BreakEven, costLine, equalIntervalMs, pushPays } from './break-even.ts'
import { type CachedBreakEven, cachedBreakEven } from './cached-break-even.ts'
import { costFormula, describePrices, hourlyCost, type Prices } from './cost.ts'
import { type Evidence, evidenceOf, isCostIndistinguishable } from './cost-significance.ts'
import { type Decision, decide } from './decision.ts'
import { type EqualCosts, explainEqual } from './equal-costs.ts'
import { type Exchange, type ExchangeBytes, exchangeOf } from './exchange.ts'
import { type FasterCandidate, findFasterCandidates } from './faster-candidates.ts'
import { atScale, clientCounts, missingScale, type Scale, scaleFormula } from './scale.ts'
import { composeSentences } from './sentences.ts'

export interface Verdict {
  readonly withinMs: number
  /** Who should poll and who should push. `null`: there is no verdict. */
  readonly decision: Decision | null
  /** Half of the candidates or more could not be measured undisturbed: there is no verdict. */
  readonly isTooBusy: boolean
  readonly ground: Evidence
  /** The cheapest that meets the latency wanted. `null`: none does, or the costs are too close to name the cheapest. */
  readonly cheapest: string | null
  /** Those that meet it where their costs are too close to name the cheapest, simplest first; empty: one is the cheapest, or none meets it. */
  readonly equal: readonly string[]
  /** Why they count as equal, where their costs look apart. */
  readonly equalCosts: EqualCosts | null
  /** The cheapest; of equals, the one that takes the least to build and to run. `null`: none meets it. */
  readonly choice: string | null
  /** All that meet it, by what they were measured to cost. */
  readonly meets: readonly string[]
  /** Why each other one does not. */
  readonly fails: readonly { readonly name: string; readonly because: string }[]
  /** Those that are clearly sooner than the choice, and what they cost to its cost. */
  readonly faster: readonly FasterCandidate[]
  readonly breakEven: readonly BreakEven[]
  readonly cached: CachedBreakEven | null
  readonly exchange: Exchange | null
  /** For fewer or no numbers of clients where the events were too few. */
  readonly atScale: readonly Scale[]
  /** What is left out of `atScale`, in words; `null`: nothing. */
  readonly missingScale: string | null
  readonly prices: Prices
  readonly formulas: {
    readonly cost: string
    readonly prices: string
    readonly scale: string
    readonly breakEven: string
  }
  /** The same in words, the most important first. */
  readonly sentences: readonly string[]
}

export interface VerdictInput {
  readonly workload: WorkloadFigures
  readonly candidates: readonly CandidateResult[]
  readonly withinMs: number
  readonly prices: Prices
  /** `null`: not measured. */
  readonly exchange: ExchangeBytes | null
}

const breakEvenFormula =
  'a client costs (idle + per event × events a second); both are measured, and the rate is where two such lines meet. ' +
  'Idle polling costs in inverse proportion to its interval, and the interval is where that meets the cost of pushing'

export function verdictOf(input: VerdictInput): Verdict {
  const { candidates: contenders, withinMs, prices, workload } = input
  const measured = contenders.filter(({ kind }) => kind !== 'outside')
  const sure = measured.filter(isReliable)
  const isTooBusy = sure.length * 2 <= measured.length && measured.length > 0
  const ours = isTooBusy ? [] : sure
  const byCost = [...ours].sort((a, b) => hourlyCost(a, prices) - hourlyCost(b, prices))
  const meeting = byCost.filter((candidate) => failure(candidate, withinMs) === null)
  const isComputed = ours.some(({ marks }) => marks.includes('computed'))
  const ground = evidenceOf(workload, isComputed)
  const events = ground.rounds * ground.events
  const [lowest] = meeting
  const alike = meeting.filter((each) => lowest !== undefined && isCostIndistinguishable(lowest, each, prices, ground))
  const [choice, ...equals] = [...alike].sort((a, b) => rank(a) - rank(b))
  // What a cache hands out is shared by all who read: many clients do not cost in proportion.
  const scalable = ours.filter(({ front }) => front !== 'cache')
  const facts = {
    withinMs,
    decision: isTooBusy ? null : decide({ candidates: ours, prices }, withinMs, workload.eventsPerSecond),
    isTooBusy,
    ground,
    cheapest: equals.length === 0 ? (choice?.name ?? null) : null,
    equal: equals.length === 0 || choice === undefined ? [] : [choice, ...equals].map(nameOf),
    equalCosts: lowest === undefined ? null : explainEqual(lowest, alike, prices, ground),
    choice: choice?.name ?? null,
    meets: meeting.map(nameOf),
    fails: isTooBusy ? [] : failures(contenders, withinMs),
    faster: choice === undefined ? [] : findFasterCandidates(choice, meeting, prices, ground),
    breakEven: breakEvens(ours, input, ground),
    cached: ours.some(({ front }) => front === 'cache')
      ? null
      : cachedBreakEven(workload.reading, cheapestOf(byCost, 'poll'), cheapestOf(byCost, 'push'), prices),
    exchange: input.exchange === null ? null : exchangeOf(input.exchange),
    atScale: clientCounts(events, isComputed).map((clients) => atScale(scalable, clients, prices)),
    missingScale: missingScale(events, isComputed),
    prices,
    formulas: { cost: costFormula, prices: describePrices(prices), scale: scaleFormula, breakEven: breakEvenFormula },
  }
  return { ...facts, sentences: composeSentences(facts, contenders, workload) }
}

function isReliable({ marks }: CandidateResult): boolean {
  return !marks.includes('unreliable')
}

function failures(contenders: readonly CandidateResult[], withinMs: number): { name: string; because: string }[] {
  return contenders.flatMap((candidate) => {
    const because = isReliable(candidate) ? failure(candidate, withinMs) : 'each of its runs was disturbed'
    return because === null ? [] : [{ name: candidate.name, because }]
  })
}

/** Why a candidate does not meet the wanted latency, in words; `null`: it does. */
export function failure({ latencyMs, lost }: CandidateResult, withinMs: number): string | null {
  if (lost > 0) return `${lost} deliveries never came`
  if (latencyMs.p99 === null) return 'nothing was received'
  return latencyMs.p99 > withinMs ? `its p99 is ${Math.round(latencyMs.p99)} ms` : null
}

const nameOf = ({ name }: CandidateResult): string => name

/**
 * Plain requests need nothing that stays open; a stream is one of them that goes on, and browsers read it by themselves;
 * a long-poll is asked for anew each time. The names are those of the usual seven.
 */
const simplicity = ['poll', 'sse', 'long-poll', 'websocket']

function rank({ name, kind }: CandidateResult): number {
  const [way = ''] = name.split('+')
  return simplicity.indexOf(kind === 'push' ? way : kind)
}

function cheapestOf(byCost: readonly CandidateResult[], kind: CandidateResult['kind']): CandidateResult | null {
  return byCost.find((candidate) => candidate.kind === kind && candidate.front === null) ?? null
}

function breakEvens(contenders: readonly CandidateResult[], input: VerdictInput, ground: Evidence): BreakEven[] {
  const { prices, workload } = input
  const pushes = contenders.filter(({ kind, front }) => kind === 'push' && front === null)
  const polls = contenders.filter(({ kind, front }) => kind === 'poll' && front === null)
  return pushes.flatMap((push) =>
    polls.map((poll) => {
      const pushLine = costLine(push, prices)
      const pollLine = costLine(poll, prices)
      return {
        push: push.name,
        poll: poll.name,
        isTold: !isCostIndistinguishable(push, poll, prices, ground),
        pushPays: pushPays(pushLine, pollLine),
        pollIntervalMs:
          poll.intervalMs === null
            ? null
            : equalIntervalMs(pushLine, pollLine, poll.intervalMs, workload.eventsPerSecond),
      }
    }),
  )
}
