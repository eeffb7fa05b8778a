/**
 * One timer for everything that has to be looked at now and then: pings, expiries, parked polls,
 * idle hubs, leases. A connection costs no timer of its own.
 */
import type { Clock, Stop } from '../ports/clock.ts'

interface Listener {
  readonly everyMs: number
  readonly run: (now: number) => void
  ranAt: number
}

export class Pulse {
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
      // Half a beat early is nearer than half a beat late.
      if (now - listener.ranAt < listener.everyMs - this.#beatMs / 2) continue
      listener.ranAt = now
      listener.run(now)
    }
  }

  stop(): void {
    this.#stop?.()
    this.#stop = null
  }

  /** Runs at about every `everyMs` (0: each beat) with the monotonic time. Returns its stop. */
  each(everyMs: number, run: (now: number) => void): Stop {
    const listener: Listener = { everyMs, run, ranAt: this.#clock.monotonic() }
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}
