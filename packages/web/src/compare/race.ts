import type { Contender, Running } from './contenders/contender.ts'
import { LaneMeter, type Mark, type Measures } from './lane-meter.ts'
import { publish } from './publisher.ts'
import type { RaceSettings } from './race-settings.ts'
import { type WayName, wayNames } from './way-names.ts'

export type RaceState =
  | { name: 'starting' }
  | { name: 'running' }
  | { name: 'paused' }
  | { name: 'failed'; why: string }
  | { name: 'stopped' }

export interface RaceSnapshot {
  state: RaceState
  settings: RaceSettings
  measures: Readonly<Record<WayName, Measures>>
  /** Events that were sent. */
  sent: number
}

/** Where the events go. */
export interface Writer {
  /** Makes the channel, and tells from where on all are to read. */
  begin(): Promise<{ channel: string; cursor: string }>
  send(event: number, payload: number): void
  /** Takes away what was written. */
  clear(): void
}

export interface RaceOptions {
  settings: RaceSettings
  writer: Writer
  contenders: Readonly<Record<WayName, Contender>>
  /** Milliseconds of a clock that only goes forward. */
  now: () => number
  /** 0 ≤ n < 1. */
  random: () => number
  /** Runs a task after so many milliseconds; returns its stop. */
  after: (ms: number, task: () => void) => () => void
}

const figuresMs = 250 // as fast as figures can be followed
const patienceMs = 3000 // one contender that gets no connection does not keep the others from the start

type Lanes = Record<WayName, LaneMeter>

function newLanes(): Lanes {
  return Object.fromEntries(wayNames.map((way) => [way, new LaneMeter()])) as Lanes
}

/** Publishes events and lets every way of reading race for them. Whatever changes its settings begins it anew. */
export class Race {
  readonly #options: RaceOptions
  readonly #listeners = new Set<() => void>()
  #state: RaceState = { name: 'starting' }
  #settings: RaceSettings
  #lanes = newLanes()
  #sent = 0
  /** Of the run under way: what it ran before, and since when it runs. */
  #ranMs = 0
  #runsSince: number | null = null
  /** What is to be stopped before another run; a start that comes late finds its number outdated. */
  #stops: (() => void)[] = []
  #run = 0
  #snapshot: RaceSnapshot

  constructor(options: RaceOptions) {
    this.#options = options
    this.#settings = options.settings
    this.#snapshot = this.#figures()
    void this.#start()
  }

  // Arrow functions, since React calls them without their object.
  readonly getSnapshot = (): RaceSnapshot => this.#snapshot

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** For drawing, frame by frame: figures are told four times a second only. */
  readonly marks = (way: WayName): readonly Mark[] => {
    return this.#lanes[way].marks(this.#options.now())
  }

  change(settings: Partial<RaceSettings>): void {
    this.#settings = { ...this.#settings, ...settings }
    this.reset()
  }

  /** Begins anew; what was measured is forgotten. */
  reset(): void {
    const goesOn = this.#state.name !== 'paused' && this.#state.name !== 'stopped'
    this.#halt()
    this.#forget()
    if (goesOn) void this.#start()
    else this.#tell()
  }

  pause(): void {
    if (this.#state.name !== 'running' && this.#state.name !== 'starting') return
    this.#halt()
    this.#become({ name: 'paused' })
  }

  /** Goes on after a pause or a failure, with what was measured. */
  resume(): void {
    if (this.#state.name === 'paused' || this.#state.name === 'failed') void this.#start()
  }

  stop(): void {
    this.#halt()
    this.#become({ name: 'stopped' })
    this.#options.writer.clear()
  }

  async #start(): Promise<void> {
    const run = ++this.#run
    this.#become({ name: 'starting' })
    try {
      const { channel, cursor } = await this.#options.writer.begin()
      if (run !== this.#run) return
      const { intervalMs } = this.#settings
      const runnings = wayNames.map((way) => this.#enter(way, { channel, cursor, intervalMs }))
      this.#stops.push(...runnings.map(({ stop }) => stop))
      await Promise.race([Promise.all(runnings.map(({ ready }) => ready)), this.#patience()])
    } catch (error) {
      if (run === this.#run)
        this.#become({ name: 'failed', why: error instanceof Error ? error.message : String(error) })
      return
    }
    if (run === this.#run) this.#go()
  }

  #enter(way: WayName, course: Parameters<Contender>[0]): Running {
    const lane = this.#lanes[way]
    return this.#options.contenders[way](course, {
      heard: (event) => lane.heard(event, this.#options.now()),
      asked: (answer) => lane.asked(answer),
      connected: () => lane.connected(),
      received: (bytes, certainty) => lane.received(bytes, certainty),
    })
  }

  #go(): void {
    const { now, random, after, writer } = this.#options
    const { rate, payload } = this.#settings
    this.#runsSince = now()
    const before = this.#sent
    const send = (event: number, dueAt: number) => {
      this.#sent = before + event
      for (const lane of Object.values(this.#lanes)) lane.sent(this.#sent, dueAt)
      writer.send(this.#sent, payload)
    }
    this.#stops.push(
      publish({ now, random, after, rate, send }),
      this.#every(figuresMs, () => this.#tell()),
    )
    this.#become({ name: 'running' })
  }

  #halt(): void {
    this.#run++
    for (const stop of this.#stops) stop()
    this.#stops = []
    if (this.#runsSince !== null) this.#ranMs += this.#options.now() - this.#runsSince
    this.#runsSince = null
  }

  #forget(): void {
    this.#lanes = newLanes()
    this.#sent = 0
    this.#ranMs = 0
  }

  #patience(): Promise<void> {
    return new Promise((resolve) => this.#stops.push(this.#options.after(patienceMs, resolve)))
  }

  #every(ms: number, task: () => void): () => void {
    let stop = this.#options.after(ms, again)
    const { after } = this.#options
    function again() {
      stop = after(ms, again)
      task()
    }
    return () => stop()
  }

  #become(state: RaceState): void {
    this.#state = state
    this.#tell()
  }

  #tell(): void {
    this.#snapshot = this.#figures()
    for (const listener of this.#listeners) listener()
  }

  #figures(): RaceSnapshot {
    const now = this.#options.now()
    const elapsedMs = this.#ranMs + (this.#runsSince === null ? 0 : now - this.#runsSince)
    const measures = Object.fromEntries(
      wayNames.map((way) => [way, this.#lanes[way].measures(now, elapsedMs)]),
    ) as Record<WayName, Measures>
    return { state: this.#state, settings: this.#settings, measures, sent: this.#sent }
  }
}
