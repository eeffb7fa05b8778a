/** How busy the event loop was lately: its busy part of a short window that has just ended. */
import type { Clock } from '../../ports/clock.ts'

/** Long enough to hold several flushes, short enough that a burst is noticed before readers notice it. */
export const windowMs = 100

export interface Window {
  /** The busy part of the window, 0 to 1. */
  readonly busy: number
  readonly tookMs: number
}

export class LoopBusyness {
  readonly #clock: Clock
  #beganAt: number
  #busyAt: number

  constructor(clock: Clock) {
    this.#clock = clock
    this.#beganAt = clock.monotonic()
    this.#busyAt = clock.busy()
  }

  /** The window that ended now; `null`: the present one is too short to say anything. */
  next(): Window | null {
    const now = this.#clock.monotonic()
    const tookMs = now - this.#beganAt
    if (tookMs < windowMs) return null
    const busyMs = this.#clock.busy()
    const busy = Math.min(1, (busyMs - this.#busyAt) / tookMs)
    this.#beganAt = now
    this.#busyAt = busyMs
    return { busy, tookMs }
  }
}
