import type { Client, TraceEvent } from 'dovetail-client'
import { byteLength, changeTimes } from './frame-facts.ts'

/** One second of a channel, as it arrived here. */
export interface MeterSample {
  /** Changes received. */
  changes: number
  /** Bytes of the frames that brought them, as JSON. */
  bytes: number
  /** The median time from a change's commit to its arrival, in ms; null where none arrived. */
  delayMs: number | null
}

export interface MeterSnapshot {
  /** The last full second. */
  last: MeterSample
  /** The last 60, oldest first. */
  history: readonly MeterSample[]
}

export interface ChannelMeterOptions {
  channel: string
  /** Milliseconds since 1970. */
  now: () => number
  /** The server's clock minus this one, in ms. */
  serverClockOffsetMs: () => number
  /** Runs a task at an interval; returns a function that stops it. */
  every: (ms: number, task: () => void) => () => void
}

const kept = 60
const nothing: MeterSample = { changes: 0, bytes: 0, delayMs: null }

function median(values: number[]): number | null {
  values.sort((a, b) => a - b)
  return values[Math.floor(values.length / 2)] ?? null
}

/**
 * meter/: how are live figures measured, formatted and drawn?
 *
 * Counts the changes that arrive on one channel, second by second. Stop it when nothing shows it any more.
 */
export class ChannelMeter {
  readonly #options: ChannelMeterOptions
  readonly #listeners = new Set<() => void>()
  readonly #stops: (() => void)[]
  #changes = 0
  #bytes = 0
  #delays: number[] = []
  #snapshot: MeterSnapshot = { last: nothing, history: [] }

  constructor(client: Pick<Client, 'trace'>, options: ChannelMeterOptions) {
    this.#options = options
    this.#stops = [client.trace((event) => this.#onTrace(event)), options.every(1000, () => this.#onSecond())]
  }

  // Arrow functions, since React calls them without `this`.
  readonly getSnapshot = (): MeterSnapshot => this.#snapshot

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  stop(): void {
    for (const stop of this.#stops) stop()
  }

  #onTrace({ direction, frame }: TraceEvent): void {
    if (direction !== 'down') return
    const times = changeTimes(frame, this.#options.channel)
    if (times === null) return
    const now = this.#options.now() + this.#options.serverClockOffsetMs()
    this.#changes += times.length
    this.#bytes += byteLength(frame)
    for (const at of times) if (at !== null) this.#delays.push(Math.max(0, now - at))
  }

  #onSecond(): void {
    const last = { changes: this.#changes, bytes: this.#bytes, delayMs: median(this.#delays) }
    this.#changes = 0
    this.#bytes = 0
    this.#delays = []
    this.#snapshot = { last, history: [...this.#snapshot.history.slice(1 - kept), last] }
    for (const listener of this.#listeners) listener()
  }
}
