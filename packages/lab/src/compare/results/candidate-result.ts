/** The figures of one candidate, and how they were measured. */

import type { FrontName } from '../../candidates/candidate.ts'
import type { Bytes } from '../../traffic/traffic.ts'
import type { LatencyFigures } from '../rounds/latency-histogram.ts'
import type { EventReceipt } from '../rounds/meter.ts'
import type { RadioFigures } from './radio-figures.ts'

export interface WorkloadFigures {
  readonly name: string
  readonly about: string
  readonly reading: 'changes' | 'page'
  readonly clients: number
  readonly seconds: number
  readonly rounds: number
  readonly events: number
  /** The rate of one channel. Where events are rare, this is the workload's rate, not the rate at which the run sent them. */
  readonly eventsPerSecond: number
}

export interface CandidateResult {
  readonly name: string
  readonly kind: CandidateKind
  /** What stood between its clients and the server. `null`: nothing. */
  readonly front: FrontName | null
  /** How often it asks, in ms; `null`: it does not poll. */
  readonly intervalMs: number | null
  readonly clients: number
  /** Seconds measured, over all rounds. All counts below are of this time, and of all clients together. */
  readonly seconds: number
  readonly latencyMs: LatencyFigures
  /** Requests that read; opening a stream or a socket counts as one. */
  readonly requests: number
  /** The part of the requests that brought nothing new, 0 to 1. Where events are rare: computed. */
  readonly emptyShare: number
  /** Requests or messages by which clients wrote. */
  readonly writes: number
  readonly handshakes: number
  readonly bytes: ByteFigures
  /** `null`: the server does not report it. */
  readonly server: ServerFigures | null
  readonly client: ClientFigures
  /** What a phone's radio would do. `null`: not measured, or for less than the interval of a poll. */
  readonly radio: RadioFigures | null
  /** Events that were news to a client, each client counted. */
  readonly delivered: number
  readonly lost: number
  readonly repeated: number
  /** Events that were received, but after more than `--within`. */
  readonly late: number
  /** Events that were never received, because a newer state of the same record replaced them. They count as received when that one was. */
  readonly superseded: number
  /** Figures per client. Where events are rare, they are computed from the idle cost and the cost of one event. */
  readonly rates: Rates
  /** The lowest and the highest figure of the rounds; `null`: there was one round. */
  readonly spread: Spread | null
  /**
   * By how much the server's CPU may be off in one round, as a part of it: two standard errors, from slices of it.
   * `null`: there are several rounds, or the server does not report it.
   */
  readonly cpuNoise: number | null
  /** What limits how far these figures can be trusted, one word each. */
  readonly marks: readonly CaveatName[]
  readonly complaints: readonly string[]
  /** When the first client received each event, in the first round. */
  readonly timeline: readonly EventReceipt[]
}

export type CandidateKind = 'poll' | 'long-poll' | 'push' | 'outside'

export const caveatTexts = {
  unreliable: 'every run was disturbed by what else this machine did: nothing is concluded from these figures',
  'lab-stalled': 'the lab itself stood still in a run, which was repeated or left out',
  'off-pace': 'in a run fewer requests were sent than the interval says; it was repeated or left out',
  'lab-busy': "the lab's own event loop was busy more than half of the time: it may have been the bottleneck",
  computed:
    'events are rare: idling was measured, one event was forced, rates and shares are computed from the two; what beats more rarely than idling was measured for, such as pings, is not in them',
  'one-round': 'one round only: how much the figures vary is not known',
  complaints: 'requests, streams or writes failed',
  'memory-rough': 'memory per connection from so few connections is rough',
  'no-server-figures': 'the server does not tell what it uses',
  'outside-clock': 'the sender has another clock: latencies count from the soonest delivery',
} as const

export type CaveatName = keyof typeof caveatTexts

export interface ByteFigures {
  readonly up: Bytes
  readonly down: Bytes
  /** Bytes in both directions per event that was new to a client. Where events are rare, computed. `null`: there was no event. */
  readonly perDelivery: number | null
  readonly perClientSecond: { readonly up: number; readonly down: number }
  /** WebSocket frames by the size of their header. */
  readonly frames: { readonly up: Readonly<Record<number, number>>; readonly down: Readonly<Record<number, number>> }
  /** The bytes that the network adds below the socket (TCP, IP). Computed, not measured. */
  readonly estimated: { readonly tcpIp: number; readonly tls: number; readonly how: string }
}

export interface ServerFigures {
  /** The CPU of the whole process during the measurement, without its idle cost. */
  readonly cpuSeconds: number
  readonly cpuMicrosecondsPerDelivery: number | null
  /** Resident, at the end. */
  readonly memoryBytes: number
  /** `null`: not measured for this kind. */
  readonly memoryBytesPerClient: number | null
  /** What clients cost that are connected and hear nothing. `null`: not measured for this kind. */
  readonly idleClients: IdleClients | null
}

export interface IdleClients {
  readonly clients: number
  readonly memoryBytesPerClient: number
  /** Of one client, each second, the server's own idling included. `null`: not reported, or of a poll, whose requests are in its rates. */
  readonly cpuMicrosecondsPerSecond: number | null
}

export interface ClientFigures {
  /** The CPU of the lab's own process: all clients, and the sender of the events. */
  readonly cpuSeconds: number
  /** The part of the time in which the lab's event loop was busy, 0 to 1. */
  readonly loopBusy: number
}

/** Per client. */
export interface Rates {
  /** The cost without any event. */
  readonly idle: Rate
  /** The cost that one event adds. */
  readonly perEvent: Rate
  /** The cost at the workload's rate of events. */
  readonly total: Rate
}

export interface Rate {
  readonly requests: number
  readonly bytesUp: number
  readonly bytesDown: number
  /** `null`: the server does not report it. */
  readonly cpuSeconds: number | null
}

export type Range = readonly [low: number, high: number]

export interface Spread {
  readonly p50: Range | null
  readonly p99: Range | null
  readonly cpuSeconds: Range | null
  readonly bytes: Range
}
