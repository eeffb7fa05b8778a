import type { Backbone, Notification } from '../../ports/backbone.ts'
import type { Clock, Stop } from '../../ports/clock.ts'

export interface Faults {
  /** The share of notifications, 0 to 1, to which each of these happens. */
  readonly lost: number
  readonly repeated: number
  readonly delayed: number
  /** A delayed notification arrives up to this many ms late, after some that were published later. */
  readonly delayMs: number
}

/** A backbone that loses, repeats, delays and reorders what it receives, by the random source it is given. */
export class FaultyBackbone implements Backbone {
  readonly #inner: Backbone
  readonly #faults: Faults
  readonly #clock: Clock
  readonly #random: () => number
  #onGap: () => void = () => {}

  constructor(inner: Backbone, faults: Faults, clock: Clock, random: () => number) {
    this.#inner = inner
    this.#faults = faults
    this.#clock = clock
    this.#random = random
  }

  publish(notification: Notification): void {
    this.#inner.publish(notification)
  }

  listen(channel: string): Promise<Stop> {
    return this.#inner.listen(channel)
  }

  onNotification(listener: (notification: Notification) => void): void {
    this.#inner.onNotification((notification) => {
      if (this.#random() < this.#faults.lost) return
      const times = this.#random() < this.#faults.repeated ? 2 : 1
      for (let time = 0; time < times; time++) this.#deliver(() => listener(notification))
    })
  }

  #deliver(deliver: () => void): void {
    if (this.#random() < this.#faults.delayed) this.#clock.after(this.#random() * this.#faults.delayMs, deliver)
    else deliver()
  }

  onGap(listener: () => void): void {
    this.#onGap = listener
    this.#inner.onGap(listener)
  }

  /** Reports a gap, as after a reconnect. */
  raiseGap(): void {
    this.#onGap()
  }

  probe(): Promise<void> {
    return this.#inner.probe()
  }

  close(): Promise<void> {
    return this.#inner.close()
  }
}
