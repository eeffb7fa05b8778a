/**
 * The flush that clocks itself: it starts when the current turn of the event loop ends, but not
 * before it has rested since the last one, the longer the more that one took. Idle, it adds nothing;
 * loaded, one write carries many changes and flushing never takes more than half the loop.
 */
import type { Clock } from '../ports/clock.ts'

export interface Flushable {
  flush(): void
}

/**
 * A flush costs one write() a reader, however many changes it carries: what is waited for here is
 * saved there. Many times what the flush took, while that is too short for a reader to notice.
 */
const restTimes = 10
const briefRestMs = 16

/** How long to rest after a flush that took so long, in ms: never less than half of the time is left to the rest of the loop. */
function restAfter(tookMs: number): number {
  return Math.max(tookMs, Math.min(tookMs * restTimes, briefRestMs))
}

export class Flusher {
  readonly #clock: Clock
  readonly #waiting = new Set<Flushable>()
  #scheduled = false
  #endedAt = Number.NEGATIVE_INFINITY
  #tookMs = 0
  #flushes = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** How many there have been. */
  get flushes(): number {
    return this.#flushes
  }

  mark(hub: Flushable): void {
    this.#waiting.add(hub)
    if (this.#scheduled) return
    this.#scheduled = true
    const restMs = this.#endedAt + restAfter(this.#tookMs) - this.#clock.monotonic()
    // A timer is late by up to its grain of 1 ms; shorter rests are not worth one.
    if (restMs < 1) this.#clock.soon(this.#run)
    else this.#clock.after(restMs, this.#run)
  }

  readonly #run = (): void => {
    this.#scheduled = false
    this.#flushes++
    const startedAt = this.#clock.monotonic()
    const hubs = [...this.#waiting]
    this.#waiting.clear()
    for (const hub of hubs) hub.flush()
    this.#endedAt = this.#clock.monotonic()
    this.#tookMs = this.#endedAt - startedAt
  }
}
