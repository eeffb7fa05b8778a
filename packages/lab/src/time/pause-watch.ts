/**
 * Notices when this process stood still: stopped, collecting garbage, or without a turn on a busy machine. A short timer
 * that fires late by so much was held up for so long, and so was everything else here.
 */
export class PauseWatch {
  readonly #now: () => number
  readonly #pauses: { readonly from: number; readonly to: number }[] = []
  #lastAt: number
  #timer: NodeJS.Timeout | undefined

  /** `now`: monotonic milliseconds. */
  constructor(now: () => number) {
    this.#now = now
    this.#lastAt = now()
  }

  start(): this {
    this.#timer = setInterval(() => this.tick(), tickMs)
    this.#timer.unref()
    return this
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  /** Called by the timer, every `tickMs` unless something holds it up. */
  tick(): void {
    const at = this.#now()
    if (at - this.#lastAt - tickMs >= leastPauseMs) this.#pauses.push({ from: this.#lastAt, to: at })
    this.#lastAt = at
  }

  /** The longest pause that touches the time from `from` to `to`, in ms; 0: none that counts. */
  longestBetween(from: number, to: number): number {
    this.tick()
    const touching = this.#pauses.filter((pause) => pause.to >= from && pause.from <= to)
    return Math.max(0, ...touching.map((pause) => pause.to - pause.from))
  }
}

const tickMs = 20
/** A timer that is late by less is nothing unusual, and is not kept. */
const leastPauseMs = 30
