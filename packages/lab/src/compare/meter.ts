/** What the clients of one contender heard of the events: each how often, and how late. */
import { eachIndex } from '../load/payload.ts'
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
  /** What is heard later than this is late, in ms. */
  readonly withinMs: number
  /** A page brings again what one has: hearing twice is no fault then. */
  readonly isPage: boolean
  /** Monotonic milliseconds. */
  readonly now: () => number
}

export interface Heard {
  readonly latency: LatencyHistogram
  /** What should be heard: counted events times clients. */
  readonly expected: number
  /** Never known. */
  readonly lost: number
  readonly repeated: number
  readonly late: number
  /** Known, but never heard: a newer state of the same record was there by then. They are as late as that one was heard. */
  readonly superseded: number
}

export interface Sighting {
  /** Both in ms from the first counted event's intended moment on. */
  readonly sentMs: number
  readonly heardMs: number | null
}

type Fate = 0 | 1 | 2
const unheard: Fate = 0
const heard: Fate = 1
const superseded: Fate = 2

export class Meter {
  /** Resolves when every client knows of every counted event. */
  readonly complete: Promise<void>
  readonly #options: MeterOptions
  readonly #fates: Uint8Array
  readonly #latency = new LatencyHistogram()
  /** Event → the one before it that replaced the same record. */
  readonly #previous: readonly (number | null)[]
  /** When the first client heard each event. */
  readonly #sightings: (number | null)[]
  #startAt = 0
  #known = 0
  #deliveries = 0
  #repeated = 0
  #late = 0
  #superseded = 0
  #finish: () => void = () => {}

  constructor(options: MeterOptions) {
    this.#options = options
    this.#fates = new Uint8Array(options.clients * options.events.length)
    this.#previous = previousOfKey(options.events)
    this.#sightings = options.events.map(() => null)
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
  hear(client: number, bytes: Buffer, start: number, end: number): number {
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
    const place = client * events.length + index
    if (this.#fates[place] !== unheard) {
      this.#again(index, this.#fates[place] === heard)
      return false
    }
    this.#fates[place] = heard
    this.#deliveries++
    const at = now() - this.#startAt
    if (client === 0) this.#sightings[index] = at
    this.#count(index, at - event.atMs)
    this.#supersede(client, index, at)
    return true
  }

  #again(index: number, wasHeard: boolean): void {
    const { countedFrom, isPage } = this.#options
    if (wasHeard && !isPage && index >= countedFrom) this.#repeated++
  }

  #count(index: number, latencyMs: number): void {
    if (index < this.#options.countedFrom) return
    this.#latency.record(latencyMs)
    if (latencyMs > this.#options.withinMs) this.#late++
    this.#learnt()
  }

  /**
   * Until now this client showed a state older than those that came before it of the same record: they are known with
   * it, and as late as that. All before one that is known are known already.
   */
  #supersede(client: number, index: number, heardAt: number): void {
    const { events, countedFrom } = this.#options
    for (let at = this.#previous[index] ?? null; at !== null; at = this.#previous[at] ?? null) {
      const place = client * events.length + at
      if (this.#fates[place] !== unheard) return
      this.#fates[place] = superseded
      if (at >= countedFrom) this.#superseded++
      this.#count(at, heardAt - (events[at]?.atMs ?? 0))
    }
  }

  #learnt(): void {
    if (++this.#known === this.#expected) this.#finish()
  }

  result(): Heard {
    return {
      latency: this.#latency,
      expected: this.#expected,
      lost: this.#expected - this.#known,
      repeated: this.#repeated,
      late: this.#late,
      superseded: this.#superseded,
    }
  }

  /** Counted events as the first client heard of them. */
  sightings(): Sighting[] {
    const { events, countedFrom } = this.#options
    const zero = events[countedFrom]?.atMs ?? 0
    return events.slice(countedFrom).map(({ atMs }, index) => {
      const at = this.#sightings[countedFrom + index] ?? null
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
