import type { Backbone, Bell } from '../ports/backbone.ts'
import type { Clock, Stop } from '../ports/clock.ts'

export interface Faults {
  /** The share of bells, 0 to 1, to which each of these happens. */
  readonly lost: number
  readonly repeated: number
  readonly delayed: number
  /** A delayed bell comes up to so many ms late, after others that were rung later. */
  readonly delayMs: number
}

/** A backbone that loses, repeats, delays and reorders what it hears, by the dice that it is given. */
export class FaultyBackbone implements Backbone {
  readonly #inner: Backbone
  readonly #faults: Faults
  readonly #clock: Clock
  readonly #random: () => number
  #doubt: () => void = () => {}

  constructor(inner: Backbone, faults: Faults, clock: Clock, random: () => number) {
    this.#inner = inner
    this.#faults = faults
    this.#clock = clock
    this.#random = random
  }

  ring(bell: Bell): void {
    this.#inner.ring(bell)
  }

  listen(channel: string): Promise<Stop> {
    return this.#inner.listen(channel)
  }

  onBell(hear: (bell: Bell) => void): void {
    this.#inner.onBell((bell) => {
      if (this.#random() < this.#faults.lost) return
      const times = this.#random() < this.#faults.repeated ? 2 : 1
      for (let time = 0; time < times; time++) this.#give(() => hear(bell))
    })
  }

  #give(hear: () => void): void {
    if (this.#random() < this.#faults.delayed) this.#clock.after(this.#random() * this.#faults.delayMs, hear)
    else hear()
  }

  onDoubt(doubt: () => void): void {
    this.#doubt = doubt
    this.#inner.onDoubt(doubt)
  }

  /** As after a cut connection is back. */
  raiseDoubt(): void {
    this.#doubt()
  }

  probe(): Promise<void> {
    return this.#inner.probe()
  }

  close(): Promise<void> {
    return this.#inner.close()
  }
}
