/**
 * One timer for everything that has to be looked at now and then: pings, expiries, idle hubs, leases.
 * A connection costs no timer of its own.
 */
import type { Clock, Stop } from '../ports/clock.ts'

export class Pulse {
  readonly #clock: Clock
  readonly #beatMs: number
  readonly #listeners = new Set<() => void>()
  #stop: Stop | null = null

  constructor(clock: Clock, beatMs: number) {
    this.#clock = clock
    this.#beatMs = beatMs
  }

  start(): void {
    this.#stop = this.#clock.after(this.#beatMs, () => {
      for (const listener of this.#listeners) listener()
      if (this.#stop !== null) this.start()
    })
  }

  stop(): void {
    this.#stop?.()
    this.#stop = null
  }

  /** Returns its stop. */
  each(listener: () => void): Stop {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}
