/**
 * One timer for all periodic work: pings, expiries, parked polls, idle hubs and leases. With it no connection needs a
 * timer of its own.
 */
import type { Clock, Stop } from '../../ports/clock.ts'

interface Listener {
  readonly everyMs: number
  readonly run: (now: number) => void
  ranAt: number
}

export class Ticker {
  readonly #clock: Clock
  readonly #beatMs: number
  readonly #listeners = new Set<Listener>()
  #stop: Stop | null = null

  constructor(clock: Clock, beatMs: number) {
    this.#clock = clock
    this.#beatMs = beatMs
  }

  start(): void {
    this.#stop = this.#clock.after(this.#beatMs, () => {
      this.#beat()
      if (this.#stop !== null) this.start()
    })
  }

  #beat(): void {
    const now = this.#clock.monotonic()
    for (const listener of this.#listeners) {
      // Runs at the beat nearest to the due time, which may be half a beat early.
      if (now - listener.ranAt < listener.everyMs - this.#beatMs / 2) continue
      listener.ranAt = now
      listener.run(now)
    }
  }

  stop(): void {
    this.#stop?.()
    this.#stop = null
  }

  /**
   * Calls `run` about every `everyMs` (0: at each beat) with the monotonic time in ms.
   * @returns a function that stops it
   */
  each(everyMs: number, run: (now: number) => void): Stop {
    const listener: Listener = { everyMs, run, ranAt: this.#clock.monotonic() }
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}
