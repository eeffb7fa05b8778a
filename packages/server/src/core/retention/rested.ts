/** Work with a rest after each piece of it, the longer the longer the piece took, so that others hardly notice. */
import type { Clock } from '../../ports/clock.ts'

/** A rest is this many times as long as the work before it. */
const restShare = 4
const leastRestMs = 10

export class Rested {
  readonly #clock: Clock
  #isStopped = false
  #endRest: () => void = () => undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get isStopped(): boolean {
    return this.#isStopped
  }

  /** Ends the rest under way, and all rests to come. */
  stop(): void {
    this.#isStopped = true
    this.#endRest()
  }

  /** Resolves with what the work gave, after the rest. */
  async after<Result>(work: () => Promise<Result>): Promise<Result> {
    const startedAt = this.#clock.monotonic()
    const result = await work()
    if (!this.#isStopped) await this.#rest((this.#clock.monotonic() - startedAt) * restShare)
    return result
  }

  #rest(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const stopTimer = this.#clock.after(Math.max(leastRestMs, ms), resolve)
      this.#endRest = () => {
        stopTimer()
        resolve()
      }
    })
  }
}
