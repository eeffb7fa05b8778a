import type { Candidate, CandidateTask, RunningCandidate } from '../candidates/candidate.ts'
import { type CandidateName, candidateNames } from '../candidates/candidate-names.ts'
import { LaneMeter, type Mark, type Measures } from './lane-meter.ts'
import { publishEvents } from './publish-events.ts'
import type { RunSettings } from './run-settings.ts'

export type RunState =
  | { name: 'starting' }
  | { name: 'running' }
  | { name: 'paused' }
  | { name: 'failed'; reason: string }
  | { name: 'stopped' }

export interface RunSnapshot {
  state: RunState
  settings: RunSettings
  measures: Readonly<Record<CandidateName, Measures>>
  /** Events that were sent. */
  sent: number
}

/** Writes the events to a channel. */
export interface EventWriter {
  /** Creates the channel, and returns the cursor from which all candidates read. */
  begin(): Promise<{ channel: string; cursor: string }>
  send(event: number, payload: number): void
  /** Deletes what was written. */
  clear(): void
}

export interface RunOptions {
  settings: RunSettings
  writer: EventWriter
  candidates: Readonly<Record<CandidateName, Candidate>>
  /** Milliseconds of a monotonic clock. */
  now: () => number
  /** 0 ≤ n < 1. */
  random: () => number
  /** Runs a task after a delay in ms; returns a function that cancels it. */
  after: (ms: number, task: () => void) => () => void
}

const figuresMs = 250 // as fast as people can read figures
const patienceMs = 3000 // a candidate without a connection does not delay the others for longer

type Lanes = Record<CandidateName, LaneMeter>

function newLanes(): Lanes {
  return Object.fromEntries(candidateNames.map((name) => [name, new LaneMeter()])) as Lanes
}

/**
 * compare/run/: how are events sent to all candidates at once, and what does each cost?
 *
 * Publishes events that all candidates read. A change of the settings starts it anew.
 */
export class Run {
  readonly #options: RunOptions
  readonly #listeners = new Set<() => void>()
  #state: RunState = { name: 'starting' }
  #settings: RunSettings
  #lanes = newLanes()
  #sent = 0
  /** How long it ran before the last pause, and since when it runs now. */
  #elapsedBeforeMs = 0
  #runningSince: number | null = null
  /** Stops everything of the current attempt; a start that finishes late finds its number outdated. */
  #stops: (() => void)[] = []
  #attempt = 0
  #snapshot: RunSnapshot

  constructor(options: RunOptions) {
    this.#options = options
    this.#settings = options.settings
    this.#snapshot = this.#figures()
    void this.#start()
  }

  // Arrow functions, since React calls them without `this`.
  readonly getSnapshot = (): RunSnapshot => this.#snapshot

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** For drawing in each animation frame: the snapshot changes only four times a second. */
  readonly marks = (name: CandidateName): readonly Mark[] => {
    return this.#lanes[name].marks(this.#options.now())
  }

  change(settings: Partial<RunSettings>): void {
    this.#settings = { ...this.#settings, ...settings }
    this.reset()
  }

  /** Starts anew, without the measurements so far. */
  reset(): void {
    const goesOn = this.#state.name !== 'paused' && this.#state.name !== 'stopped'
    this.#halt()
    this.#forget()
    if (goesOn) void this.#start()
    else this.#notify()
  }

  pause(): void {
    if (this.#state.name !== 'running' && this.#state.name !== 'starting') return
    this.#halt()
    this.#become({ name: 'paused' })
  }

  /** Goes on after a pause or a failure, with the measurements so far. */
  resume(): void {
    if (this.#state.name === 'paused' || this.#state.name === 'failed') void this.#start()
  }

  stop(): void {
    this.#halt()
    this.#become({ name: 'stopped' })
    this.#options.writer.clear()
  }

  async #start(): Promise<void> {
    const attempt = ++this.#attempt
    this.#become({ name: 'starting' })
    try {
      const { channel, cursor } = await this.#options.writer.begin()
      if (attempt !== this.#attempt) return
      const { intervalMs } = this.#settings
      const runnings = candidateNames.map((name) => this.#startCandidate(name, { channel, cursor, intervalMs }))
      this.#stops.push(...runnings.map(({ stop }) => stop))
      await Promise.race([Promise.all(runnings.map(({ ready }) => ready)), this.#patience()])
    } catch (error) {
      if (attempt === this.#attempt)
        this.#become({ name: 'failed', reason: error instanceof Error ? error.message : String(error) })
      return
    }
    if (attempt === this.#attempt) this.#go()
  }

  #startCandidate(name: CandidateName, task: CandidateTask): RunningCandidate {
    const lane = this.#lanes[name]
    return this.#options.candidates[name](task, {
      delivered: (event) => lane.delivered(event, this.#options.now()),
      answered: (answer) => lane.answered(answer),
      connected: () => lane.connected(),
      received: (bytes, certainty) => lane.received(bytes, certainty),
    })
  }

  #go(): void {
    const { now, random, after, writer } = this.#options
    const { rate, payload } = this.#settings
    this.#runningSince = now()
    const before = this.#sent
    const send = (event: number, dueAt: number) => {
      this.#sent = before + event
      for (const lane of Object.values(this.#lanes)) lane.sent(this.#sent, dueAt)
      writer.send(this.#sent, payload)
    }
    this.#stops.push(
      publishEvents({ now, random, after, rate, send }),
      this.#every(figuresMs, () => this.#notify()),
    )
    this.#become({ name: 'running' })
  }

  #halt(): void {
    this.#attempt++
    for (const stop of this.#stops) stop()
    this.#stops = []
    if (this.#runningSince !== null) this.#elapsedBeforeMs += this.#options.now() - this.#runningSince
    this.#runningSince = null
  }

  #forget(): void {
    this.#lanes = newLanes()
    this.#sent = 0
    this.#elapsedBeforeMs = 0
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

  #become(state: RunState): void {
    this.#state = state
    this.#notify()
  }

  #notify(): void {
    this.#snapshot = this.#figures()
    for (const listener of this.#listeners) listener()
  }

  #figures(): RunSnapshot {
    const now = this.#options.now()
    const elapsedMs = this.#elapsedBeforeMs + (this.#runningSince === null ? 0 : now - this.#runningSince)
    const measures = Object.fromEntries(
      candidateNames.map((name) => [name, this.#lanes[name].measures(now, elapsedMs)]),
    ) as Record<CandidateName, Measures>
    return { state: this.#state, settings: this.#settings, measures, sent: this.#sent }
  }
}
