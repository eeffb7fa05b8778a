/** Parses a user's workload from JSON. */
import { CompareFailure } from '../failures/compare-failure.ts'
import { poissonArrivals, steadyArrivals } from './arrivals.ts'
import type { PlannedEvent, Workload } from './workload.ts'

type Arrivals =
  | { readonly kind: 'poisson' | 'steady'; readonly perSecond: number }
  | { readonly kind: 'trace'; readonly atMs: readonly number[] }

interface Sizes {
  readonly min: number
  readonly max: number
}

const knownKeys = ['name', 'arrivals', 'trace', 'payload', 'clients', 'writers', 'seconds', 'storage']
const leastBytes = 11 // an event's number
const mostBytes = 8000 // of a message of the demo's chat
const mostClients = 20_000
const mostPerSecond = 10_000
const mostSeconds = 86_400

/**
 * `{"arrivals":{"kind":"poisson","perSecond":5}}` or `{"trace":[0,120,…]}` (ms, or ISO times), and optionally `name`,
 * `payload` (bytes, or `{"min","max"}`), `clients`, `writers` (the share of clients that write, 0 to 1: none of them
 * and a backend does), `seconds`, `storage` (`durable` or `memory`).
 * @throws CompareFailure
 */
export function parseWorkload(text: string, file: string): Workload {
  const given = objectIn(text, file)
  const arrivals = arrivalsOf(given, file)
  const sizes = sizesOf(given.payload ?? 200, file)
  const share = numberOf(given.writers ?? 0, 'writers', 0, 1, file)
  const lastMs = arrivals.kind === 'trace' ? (arrivals.atMs.at(-1) ?? 0) + 1 : 10_000
  const durationMs =
    given.seconds === undefined ? lastMs : numberOf(given.seconds, 'seconds', 1, mostSeconds, file) * 1000
  const isDurable = oneOf(given.storage ?? 'durable', 'storage', ['durable', 'memory'], file) === 'durable'
  return {
    name: typeof given.name === 'string' ? given.name : 'own',
    about: aboutOf(arrivals, sizes, share),
    namespace: isDurable ? 'chat' : 'game',
    collection: isDurable ? 'messages' : 'entities',
    reading: 'changes',
    defaults: { clients: numberOf(given.clients ?? 50, 'clients', 1, mostClients, file), durationMs },
    prefill: { records: 0, bytes: 0 },
    rareEvents: null,
    plan: (random, span): PlannedEvent[] => {
      const writers = share === 0 ? 0 : Math.max(1, Math.round(span.clients * share))
      const moments =
        arrivals.kind === 'trace'
          ? arrivals.atMs.filter((atMs) => atMs < span.durationMs)
          : arrivals.kind === 'poisson'
            ? poissonArrivals(random, arrivals.perSecond, span.durationMs)
            : steadyArrivals(arrivals.perSecond, span.durationMs)
      return moments.map((atMs) => ({
        atMs,
        bytes: random.between(sizes.min, sizes.max + 1),
        writer: writers === 0 ? null : random.between(0, writers),
        key: null,
      }))
    },
    data: (text) => `{"text":"${text}"}`,
  }
}

type CandidateResultFixture = Readonly<Record<string, unknown>>

function objectIn(text: string, file: string): CandidateResultFixture {
  let value: unknown
  try {
    // A byte order mark is no part of JSON (RFC 8259, section 8.1).
    value = JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch (cause) {
    throw new CompareFailure(`${file} is no JSON`, { cause })
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new CompareFailure(`${file} holds no object`)
  const unknown = Object.keys(value).filter((key) => !knownKeys.includes(key))
  if (unknown.length > 0)
    throw new CompareFailure(`${file}: unknown ${unknown.join(', ')}; there are ${knownKeys.join(', ')}`)
  return value as CandidateResultFixture
}

function arrivalsOf({ arrivals, trace }: CandidateResultFixture, file: string): Arrivals {
  if ((arrivals === undefined) === (trace === undefined))
    throw new CompareFailure(`${file}: one of arrivals and trace is needed`)
  if (trace !== undefined) return { kind: 'trace', atMs: momentsOf(trace, file) }
  const { kind = 'poisson', perSecond } = Object(arrivals) as CandidateResultFixture
  return {
    kind: oneOf(kind, 'arrivals.kind', ['poisson', 'steady'], file),
    perSecond: numberOf(perSecond, 'arrivals.perSecond', 0.001, mostPerSecond, file),
  }
}

/** In ms from the first one. */
function momentsOf(trace: unknown, file: string): number[] {
  if (!Array.isArray(trace) || trace.length === 0) throw new CompareFailure(`${file}: trace is no list of times`)
  const times = trace.map((time: unknown) => (typeof time === 'string' ? Date.parse(time) : time))
  if (!times.every((time) => typeof time === 'number' && Number.isFinite(time)))
    throw new CompareFailure(`${file}: trace holds something that is neither ms nor an ISO time`)
  const sorted = (times as number[]).sort((a, b) => a - b)
  return sorted.map((time) => time - (sorted[0] ?? 0))
}

function sizesOf(payload: unknown, file: string): Sizes {
  const { min, max } =
    typeof payload === 'number' ? { min: payload, max: payload } : (Object(payload) as CandidateResultFixture)
  const sizes = {
    min: numberOf(min, 'payload.min', leastBytes, mostBytes, file),
    max: numberOf(max, 'payload.max', leastBytes, mostBytes, file),
  }
  if (sizes.min > sizes.max) throw new CompareFailure(`${file}: payload.min is above payload.max`)
  return sizes
}

function numberOf(value: unknown, name: string, least: number, most: number, file: string): number {
  if (typeof value === 'number' && value >= least && value <= most) return value
  throw new CompareFailure(`${file}: ${name} is no number from ${least} to ${most}`)
}

function oneOf<const Word extends string>(value: unknown, name: string, words: readonly Word[], file: string): Word {
  const found = words.find((word) => word === value)
  if (found === undefined) throw new CompareFailure(`${file}: ${name} is none of ${words.join(', ')}`)
  return found
}

function aboutOf(arrivals: Arrivals, { min, max }: Sizes, share: number): string {
  const when =
    arrivals.kind === 'trace'
      ? `${arrivals.atMs.length} events as recorded`
      : `${arrivals.perSecond} events a second (${arrivals.kind})`
  const who = share === 0 ? 'a backend' : `${Math.round(share * 100)} % of the clients`
  return `${when} of ${min === max ? min : `${min} to ${max}`} bytes, written by ${who}`
}
