/**
 * Decides when hubs flush: at the end of the event loop's turn, but not before the rest after the last flush is over.
 * How long that is, `pace.ts` says.
 */
import type { Clock } from '../../ports/clock.ts'
import { Distribution, secondBounds } from './counts/distribution.ts'
import type { Pace } from './pace.ts'

export interface Flushable {
  /** Returns whether live readers were sent something. */
  flush(): boolean
}

export class Flusher {
  readonly #clock: Clock
  readonly #pace: Pick<Pace, 'restAfterFlush'>
  readonly #lag: Distribution
  /** What is to be flushed, with the monotonic ms since which it waits. */
  #waiting = new Map<Flushable, number>()
  #scheduled = false
  #endedAt = Number.NEGATIVE_INFINITY
  #restMs = 0
  #marks = 0
  #flushes = 0

  /** `lag` takes the seconds from the first change that a hub has to flush until its live readers were sent it. */
  constructor(clock: Clock, pace: Pick<Pace, 'restAfterFlush'>, lag = new Distribution(secondBounds)) {
    this.#clock = clock
    this.#lag = lag
    this.#pace = pace
  }

  /** Flushes since the start. */
  get flushes(): number {
    return this.#flushes
  }

  /** Called for each change that `hub` has to flush. */
  mark(hub: Flushable): void {
    this.#marks++
    if (!this.#waiting.has(hub)) this.#waiting.set(hub, this.#clock.monotonic())
    if (this.#scheduled) return
    this.#scheduled = true
    const restMs = this.#endedAt + this.#restMs - this.#clock.monotonic()
    // A timer is late by up to its grain of 1 ms; shorter rests are not worth one.
    if (restMs < 1) this.#clock.soon(this.#run)
    else this.#clock.after(restMs, this.#run)
  }

  readonly #run = (): void => {
    this.#scheduled = false
    this.#flushes++
    const startedAt = this.#clock.monotonic()
    const [hubs, changes] = [this.#waiting, this.#marks]
    this.#waiting = new Map()
    this.#marks = 0
    for (const [hub, since] of hubs) {
      if (hub.flush()) this.#lag.count((this.#clock.monotonic() - since) / 1000)
    }
    this.#endedAt = this.#clock.monotonic()
    this.#restMs = this.#pace.restAfterFlush(this.#endedAt - startedAt, changes, hubs.size)
  }
}
