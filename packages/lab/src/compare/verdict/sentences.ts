import type { CandidateResult, WorkloadFigures } from '../results/candidate-result.ts'
import type { BreakEven } from './break-even.ts'
import type { CachedBreakEven } from './cached-break-even.ts'
import type { Prices } from './cost.ts'
import type { Evidence } from './cost-significance.ts'
import type { Decision } from './decision.ts'
import type { EqualCosts } from './equal-costs.ts'
import type { Exchange } from './exchange.ts'
import { type FasterCandidate, fewEvents } from './faster-candidates.ts'
import { formatBytes, formatList, formatMilliseconds, formatNumber, formatPercent } from './format.ts'
import { headline } from './headline.ts'

export interface Facts {
  readonly withinMs: number
  readonly decision: Decision | null
  readonly equalCosts: EqualCosts | null
  readonly missingScale: string | null
  readonly prices: Prices
  readonly isTooBusy: boolean
  readonly ground: Evidence
  readonly cheapest: string | null
  readonly equal: readonly string[]
  readonly choice: string | null
  readonly fails: readonly { readonly name: string; readonly because: string }[]
  readonly faster: readonly FasterCandidate[]
  readonly breakEven: readonly BreakEven[]
  readonly cached: CachedBreakEven | null
  readonly exchange: Exchange | null
}

export function composeSentences(
  facts: Facts,
  contenders: readonly CandidateResult[],
  workload: WorkloadFigures,
): readonly string[] {
  if (facts.isTooBusy) return [tooBusy(contenders), exchange(facts)].filter((sentence) => sentence !== null)
  const decision = facts.decision === null ? null : headline(facts.decision, workload, facts.prices, facts.ground.apart)
  const choice = choiceOf(facts, contenders)
  return [
    // Where none of those that were measured is soon enough, what another interval would cost comes second.
    ...(facts.choice === null ? [choice, decision] : [decision, choice]),
    facts.equalCosts?.words ?? null,
    restsOn(facts, contenders),
    price(facts),
    late(facts),
    breakEven(facts, workload),
    cached(facts),
    exchange(facts),
    facts.missingScale,
  ].filter((sentence) => sentence !== null)
}

function tooBusy(contenders: readonly CandidateResult[]): string {
  const names = contenders.filter(({ marks }) => marks.includes('unreliable')).map(({ name }) => name)
  return (
    `No verdict: this machine was too busy to measure ${formatList(names)}, each time they ran. ` +
    'Stop what else runs here, or measure fewer clients (--clients), and run it again.'
  )
}

function choiceOf({ equal, choice, withinMs }: Facts, contenders: readonly CandidateResult[]): string {
  const wanted = `99 of 100 events within ${formatMilliseconds(withinMs)}`
  if (choice === null) return `None of them delivers ${wanted}.`
  const p99 = `p99 ${formatMilliseconds(contenders.find(({ name }) => name === choice)?.latencyMs.p99 ?? null)}`
  return equal.length === 0
    ? `The cheapest that delivers ${wanted} is ${choice} (${p99}).`
    : `The cheapest that deliver ${wanted} are ${formatList(equal)}: their costs cannot be told apart here. Take ${choice}, the simplest of them (${p99}).`
}

/** How far the first sentence carries. */
function restsOn({ ground: { rounds, events, apart } }: Facts, contenders: readonly CandidateResult[]): string {
  const times = rounds === 1 ? 'one round' : `${rounds} rounds`
  const unsure = `costs less than ${formatPercent(apart)} apart count as equal`
  if (contenders.some(({ marks }) => marks.includes('computed')))
    return `This rests on ${times} of idling and one event each; ${unsure}.`
  const each = `${events} ${events === 1 ? 'event' : 'events'}${rounds === 1 ? '' : ' each'}`
  const few = rounds * events < fewEvents ? ', and the p99 of so few is their slowest' : ''
  return `This rests on ${times} of ${each}; ${unsure}${few}.`
}

function price({ faster, choice }: Facts): string | null {
  const dearer = faster.flatMap(({ name, p99Ms, timesTheCost }) =>
    timesTheCost === null || timesTheCost <= 1
      ? []
      : [`${name} (p99 ${formatMilliseconds(p99Ms)}) costs ${formatNumber(timesTheCost)} times as much`],
  )
  const alike = faster.flatMap(({ name, p99Ms, timesTheCost }) =>
    timesTheCost === null ? [`${name} (p99 ${formatMilliseconds(p99Ms)})`] : [],
  )
  const sentences = [
    ...(alike.length === 0
      ? []
      : [`Sooner than ${choice}, at a cost that cannot be told from its own: ${formatList(alike)}.`]),
    ...(dearer.length === 0 ? [] : [`Faster ones have their price: ${formatList(dearer)}.`]),
  ]
  return sentences.length === 0 ? null : sentences.join(' ')
}

function late({ fails }: Facts): string | null {
  return fails.length === 0 ? null : `Out: ${formatList(fails.map(({ name, because }) => `${name} (${because})`))}.`
}

/** One pair stands for all: the socket, or else the stream, against the poll that is nearest to it in cost. */
function breakEven({ breakEven }: Facts, { eventsPerSecond }: WorkloadFigures): string | null {
  const pair =
    breakEven.find(({ push, poll }) => push === 'websocket' && poll === 'poll-1s') ??
    breakEven.find(({ pollIntervalMs }) => pollIntervalMs !== null) ??
    breakEven[0]
  if (pair === undefined) return null
  const rate = `${formatNumber(eventsPerSecond)} events a second`
  if (!pair.isTold) return `At ${rate}, the costs of ${pair.push} and ${pair.poll} cannot be told apart here.`
  const interval =
    pair.pollIntervalMs === null
      ? ''
      : ` At ${rate}, polling costs as much as ${pair.push} when it asks every ${formatMilliseconds(pair.pollIntervalMs)}; less often is cheaper, and later.`
  return `${ratePhrase(pair)}${interval}`
}

function ratePhrase({ push, poll, pushPays }: BreakEven): string {
  switch (pushPays.pays) {
    case 'always':
      return `Against ${poll}, ${push} costs less at every rate of events.`
    case 'never':
      return `Against ${poll}, ${push} costs more at every rate of events: what one pays for is being told sooner.`
    case 'from':
      return `Against ${poll}, ${push} starts to pay at ${formatNumber(pushPays.eventsPerSecond)} events a second.`
    case 'upTo':
      return `Against ${poll}, ${push} costs less up to ${formatNumber(pushPays.eventsPerSecond)} events a second; above that, one answer brings many events and polling costs less.`
  }
}

function cached({ cached }: Facts): string | null {
  if (cached === null) return null
  const { poll, push, clients } = cached
  return `This page is the same for everybody: behind a cache, ${poll} asks the server once an interval however many read, and costs it less than ${push} from ${formatNumber(clients)} readers on (computed). Plain REST is the right choice here where ${poll} is soon enough.`
}

function exchange({ exchange }: Facts): string | null {
  if (exchange === null) return null
  const { httpBytes, handshakeBytes, questions } = exchange
  return `For a question with one answer a request is right: it costs ${formatBytes(httpBytes)} of headers, a WebSocket ${formatBytes(handshakeBytes)} before its first message; it saves bytes from ${formatNumber(questions)} questions on one connection on.`
}
