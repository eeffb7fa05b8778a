/** What one contender came to, and what it was measured with. */
import type { Bytes } from '../contenders/traffic.ts'
import type { LatencyFigures } from './latency-histogram.ts'
import type { Sighting } from './meter.ts'

export interface WorkloadFigures {
  readonly name: string
  readonly about: string
  readonly reading: 'changes' | 'page'
  readonly clients: number
  readonly seconds: number
  readonly rounds: number
  readonly events: number
  /** Of one channel. Where events are rare: as rare as the workload says, not as the run forced them. */
  readonly eventsPerSecond: number
}

export interface ContenderResult {
  readonly name: string
  readonly kind: ContenderKind
  readonly clients: number
  /** Seconds measured, over all rounds. All counts below are of this time, and of all clients together. */
  readonly seconds: number
  readonly latencyMs: LatencyFigures
  /** Those that read; the opening of a stream or socket is one. */
  readonly requests: number
  /** The part of the requests that brought nothing new, 0 to 1. Where events are rare: computed. */
  readonly emptyShare: number
  /** Requests or messages by which clients wrote. */
  readonly writes: number
  readonly handshakes: number
  readonly bytes: ByteFigures
  /** `null`: the server does not tell. */
  readonly server: ServerFigures | null
  readonly client: ClientFigures
  /** Events that were news to a client, each client counted. */
  readonly delivered: number
  readonly lost: number
  readonly repeated: number
  /** Heard, but after more than `--within`. */
  readonly late: number
  /** Never heard, since a newer state of the same record was there by then. They are as late as that one was heard. */
  readonly superseded: number
  /** Per client. Where events are rare: computed from idling and one event. */
  readonly rates: Rates
  /** Of the rounds, lowest and highest; `null`: one round has none. */
  readonly spread: Spread | null
  /**
   * By how much the server's CPU may be off in one round, as a part of it: two standard errors, from slices of it.
   * `null`: there are several rounds, or the server does not tell.
   */
  readonly cpuNoise: number | null
  /** What limits how far these figures can be trusted, one word each. */
  readonly marks: readonly MarkName[]
  readonly complaints: readonly string[]
  /** Events as the first client heard of them, in the first round. */
  readonly timeline: readonly Sighting[]
}

export type ContenderKind = 'poll' | 'long-poll' | 'push' | 'outside'

export const markWords = {
  'lab-busy': "the lab's own event loop was busy more than half of the time: it may have been the bottleneck",
  computed:
    'events are rare: idling was measured, one event was forced, rates and shares are computed from the two; what beats more rarely than idling was measured for, such as pings, is not in them',
  'one-round': 'one round only: how much the figures vary is not known',
  complaints: 'requests, streams or writes failed',
  'memory-rough': 'memory per connection from so few connections is rough',
  'no-server-figures': 'the server does not tell what it uses',
  'outside-clock': 'the sender has another clock: latencies count from the soonest delivery',
} as const

export type MarkName = keyof typeof markWords

export interface ByteFigures {
  readonly up: Bytes
  readonly down: Bytes
  /** Both ways, per event that was news to a client. Where events are rare: computed. `null`: there was none. */
  readonly perDelivery: number | null
  readonly perClientSecond: { readonly up: number; readonly down: number }
  /** WebSocket frames by the size of their header. */
  readonly frames: { readonly up: Readonly<Record<number, number>>; readonly down: Readonly<Record<number, number>> }
  /** What the network adds below what a socket shows. Not measured. */
  readonly estimated: { readonly tcpIp: number; readonly tls: number; readonly how: string }
}

export interface ServerFigures {
  /** Of the whole process while measured, its own idling taken off. */
  readonly cpuSeconds: number
  readonly cpuMicrosecondsPerDelivery: number | null
  /** Resident, at the end. */
  readonly memoryBytes: number
  /** `null`: not measured for this kind. */
  readonly memoryBytesPerClient: number | null
}

export interface ClientFigures {
  /** Of the lab: all clients and the sender of the events. */
  readonly cpuSeconds: number
  /** The part of the time in which the lab's event loop was busy, 0 to 1. */
  readonly loopBusy: number
}

/** Per client. */
export interface Rates {
  /** With no events at all. */
  readonly idle: Rate
  /** What one event adds. */
  readonly perEvent: Rate
  /** At the workload's rate of events. */
  readonly total: Rate
}

export interface Rate {
  readonly requests: number
  readonly bytesUp: number
  readonly bytesDown: number
  /** `null`: the server does not tell. */
  readonly cpuSeconds: number | null
}

export type Range = readonly [low: number, high: number]

export interface Spread {
  readonly p50: Range | null
  readonly p99: Range | null
  readonly cpuSeconds: Range | null
  readonly bytes: Range
}
