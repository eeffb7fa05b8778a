/** Which events each client of one candidate received: how often, and how late. */
import { eachIndex } from '../../load/payload.ts'
import { LatencyHistogram } from './latency-histogram.ts'

export interface MeteredEvent {
  /** Milliseconds from the beginning. */
  readonly atMs: number
  readonly key: string | null
}

export interface MeterOptions {
  readonly clients: number
  /** In the order of their numbers. */
  readonly events: readonly MeteredEvent[]
  /** The first event that counts: those before it warm up. */
  readonly countedFrom: number
  /** A delivery that takes longer than this, in ms, is late. */
  readonly withinMs: number
  /** A page brings again what a client has: receiving twice is no fault then. */
  readonly isPage: boolean
  /** Monotonic milliseconds. */
  readonly now: () => number
}

export interface Receipts {
  readonly latency: LatencyHistogram
  /** Deliveries that should happen: counted events times clients. */
  readonly expected: number
  /** Neither received nor superseded. */
  readonly lost: number
  readonly repeated: number
  readonly late: number
  /** Known, but never received: a newer state of the same record came instead. They are as late as that one. */
  readonly superseded: number
}

export interface EventReceipt {
  /** Both in ms from the first counted event's intended moment on. */
  readonly sentMs: number
  readonly heardMs: number | null
}

type ReceiptState = 0 | 1 | 2
const notReceived: ReceiptState = 0
const received: ReceiptState = 1
const superseded: ReceiptState = 2

export class Meter {
  /** Resolves when every client knows of every counted event. */
  readonly complete: Promise<void>
  readonly #options: MeterOptions
  readonly #receiptStates: Uint8Array
  readonly #latency = new LatencyHistogram()
  /** Event → the one before it that replaced the same record. */
  readonly #previous: readonly (number | null)[]
  /** When the first client received each event. */
  readonly #eventReceipts: (number | null)[]
  #startAt = 0
  #known = 0
  #deliveries = 0
  #repeated = 0
  #late = 0
  #superseded = 0
  #finish: () => void = () => {}

  constructor(options: MeterOptions) {
    this.#options = options
    this.#receiptStates = new Uint8Array(options.clients * options.events.length)
    this.#previous = previousOfKey(options.events)
    this.#eventReceipts = options.events.map(() => null)
    this.complete = new Promise((resolve) => {
      this.#finish = resolve
    })
    if (this.#expected === 0) this.#finish()
  }

  get #expected(): number {
    const { clients, events, countedFrom } = this.#options
    return clients * (events.length - countedFrom)
  }

  /** `startAt`: the moment that the events' times count from. */
  begin(startAt: number): void {
    this.#startAt = startAt
  }

  /** Events that were news to somebody so far, those of the warm-up included. */
  get deliveries(): number {
    return this.#deliveries
  }

  /** Takes the events that stand in `bytes`; returns how many of them are news to this client. */
  receive(client: number, bytes: Buffer, start: number, end: number): number {
    let news = 0
    eachIndex(bytes, start, end, (index) => {
      if (this.#note(client, index)) news++
    })
    return news
  }

  #note(client: number, index: number): boolean {
    const { events, now } = this.#options
    const event = events[index]
    if (event === undefined) return false
    const slot = client * events.length + index
    if (this.#receiptStates[slot] !== notReceived) {
      this.#countRepeat(index, this.#receiptStates[slot] === received)
      return false
    }
    this.#receiptStates[slot] = received
    this.#deliveries++
    const at = now() - this.#startAt
    if (client === 0) this.#eventReceipts[index] = at
    this.#count(index, at - event.atMs)
    this.#supersede(client, index, at)
    return true
  }

  #countRepeat(index: number, wasReceived: boolean): void {
    const { countedFrom, isPage } = this.#options
    if (wasReceived && !isPage && index >= countedFrom) this.#repeated++
  }

  #count(index: number, latencyMs: number): void {
    if (index < this.#options.countedFrom) return
    this.#latency.record(latencyMs)
    if (latencyMs > this.#options.withinMs) this.#late++
    this.#countKnown()
  }

  /**
   * Until now this client showed a state older than those that came before it of the same record: they are known with
   * it, and as late as that. All before one that is known are known already.
   */
  #supersede(client: number, index: number, receivedAt: number): void {
    const { events, countedFrom } = this.#options
    for (let at = this.#previous[index] ?? null; at !== null; at = this.#previous[at] ?? null) {
      const slot = client * events.length + at
      if (this.#receiptStates[slot] !== notReceived) return
      this.#receiptStates[slot] = superseded
      if (at >= countedFrom) this.#superseded++
      this.#count(at, receivedAt - (events[at]?.atMs ?? 0))
    }
  }

  #countKnown(): void {
    if (++this.#known === this.#expected) this.#finish()
  }

  result(): Receipts {
    return {
      latency: this.#latency,
      expected: this.#expected,
      lost: this.#expected - this.#known,
      repeated: this.#repeated,
      late: this.#late,
      superseded: this.#superseded,
    }
  }

  /** When the first client received each counted event. */
  eventReceipts(): EventReceipt[] {
    const { events, countedFrom } = this.#options
    const zero = events[countedFrom]?.atMs ?? 0
    return events.slice(countedFrom).map(({ atMs }, index) => {
      const at = this.#eventReceipts[countedFrom + index] ?? null
      return { sentMs: atMs - zero, heardMs: at === null ? null : at - zero }
    })
  }
}

function previousOfKey(events: readonly MeteredEvent[]): (number | null)[] {
  const last = new Map<string, number>()
  return events.map(({ key }, index) => {
    if (key === null) return null
    const previous = last.get(key) ?? null
    last.set(key, index)
    return previous
  })
}
