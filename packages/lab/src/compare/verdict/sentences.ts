import type { ContenderResult, WorkloadFigures } from '../contender-result.ts'
import type { BreakEven } from './break-even.ts'
import type { Cached } from './cached.ts'
import type { Exchange } from './exchange.ts'
import type { Faster } from './faster.ts'
import { bytesWords, figureWords, listWords, msWords } from './words.ts'

export interface Facts {
  readonly withinMs: number
  readonly cheapest: string | null
  readonly equal: readonly string[]
  readonly choice: string | null
  readonly fails: readonly { readonly name: string; readonly because: string }[]
  readonly faster: readonly Faster[]
  readonly breakEven: readonly BreakEven[]
  readonly cached: Cached | null
  readonly exchange: Exchange | null
}

export function sentencesOf(
  facts: Facts,
  contenders: readonly ContenderResult[],
  workload: WorkloadFigures,
): readonly string[] {
  return [
    choiceOf(facts, contenders),
    price(facts, contenders),
    late(facts),
    breakEven(facts, workload),
    cached(facts),
    exchange(facts),
  ].filter((sentence) => sentence !== null)
}

function choiceOf({ cheapest, equal, choice, withinMs }: Facts, contenders: readonly ContenderResult[]): string {
  const wanted = `within ${msWords(withinMs)}`
  if (cheapest === null) return `None of them delivers 99 of 100 events ${wanted}.`
  const p99 = contenders.find(({ name }) => name === cheapest)?.latencyMs.p99 ?? null
  const simpler = choice === cheapest ? '' : `, and ${choice} is the simplest of them: take that`
  const alike = equal.length === 0 ? '' : `; ${listWords(equal)} cannot be told from it by cost${simpler}`
  return `The cheapest that delivers 99 of 100 events ${wanted} is ${cheapest} (p99 ${msWords(p99)})${alike}.`
}

/** Only of those that are sooner than what one would take anyway. */
function price({ faster, cheapest, equal, choice }: Facts, contenders: readonly ContenderResult[]): string | null {
  const taken = contenders.find(({ name }) => name === choice)?.latencyMs.p99 ?? 0
  const dearer = faster.filter(({ name, p99Ms }) => !equal.includes(name) && p99Ms < taken)
  if (cheapest === null || dearer.length === 0) return null
  const each = dearer.map(
    (f) => `${f.name} (p99 ${msWords(f.p99Ms)}) costs ${figureWords(f.timesTheCost)} times as much`,
  )
  return `Faster ones have their price: ${listWords(each)}.`
}

function late({ fails }: Facts): string | null {
  return fails.length === 0 ? null : `Out: ${listWords(fails.map(({ name, because }) => `${name} (${because})`))}.`
}

/** One pair stands for all: the socket, or else the stream, against the poll that is nearest to it in cost. */
function breakEven({ breakEven }: Facts, { eventsPerSecond }: WorkloadFigures): string | null {
  const pair =
    breakEven.find(({ push, poll }) => push === 'websocket' && poll === 'poll-1s') ??
    breakEven.find(({ pollIntervalMs }) => pollIntervalMs !== null) ??
    breakEven[0]
  if (pair === undefined) return null
  const interval =
    pair.pollIntervalMs === null
      ? ''
      : ` At ${figureWords(eventsPerSecond)} events a second, polling costs as much as ${pair.push} when it asks every ${msWords(pair.pollIntervalMs)}; less often is cheaper, and later.`
  return `${ratePhrase(pair)}${interval}`
}

function ratePhrase({ push, poll, pushPays }: BreakEven): string {
  switch (pushPays.pays) {
    case 'always':
      return `Against ${poll}, ${push} costs less at every rate of events.`
    case 'never':
      return `Against ${poll}, ${push} costs more at every rate of events: what one pays for is being told sooner.`
    case 'from':
      return `Against ${poll}, ${push} starts to pay at ${figureWords(pushPays.eventsPerSecond)} events a second.`
    case 'upTo':
      return `Against ${poll}, ${push} costs less up to ${figureWords(pushPays.eventsPerSecond)} events a second; above that, one answer brings many events and polling costs less.`
  }
}

function cached({ cached }: Facts): string | null {
  if (cached === null) return null
  const { poll, push, clients } = cached
  return `This page is the same for everybody: behind a cache, ${poll} asks the server once an interval however many read, and costs it less than ${push} from ${figureWords(clients)} readers on (computed). Plain REST is the right choice here where ${poll} is soon enough.`
}

function exchange({ exchange }: Facts): string | null {
  if (exchange === null) return null
  const { httpBytes, handshakeBytes, questions } = exchange
  return `For a question with one answer a request is right: it costs ${bytesWords(httpBytes)} of headers, a WebSocket ${bytesWords(handshakeBytes)} before its first message; it saves bytes from ${figureWords(questions)} questions on one connection on.`
}
