import type { Clock, Stop } from '../../src/base/clock.ts'

interface Timer {
  readonly at: number
  readonly order: number
  readonly task: () => void
}

/** A clock that a test advances by hand. */
export class FakeClock implements Clock {
  #now = Date.parse('2026-11-25T00:00:00Z')
  #order = 0
  readonly #timers = new Set<Timer>()

  now = (): number => this.#now

  after(ms: number, task: () => void): Stop {
    const timer = { at: this.#now + ms, order: this.#order, task }
    this.#order += 1
    this.#timers.add(timer)
    return () => void this.#timers.delete(timer)
  }

  /** The number of timers that are set. */
  get pending(): number {
    return this.#timers.size
  }

  /** Advances the time by `ms`, runs due timers in order, and settles all promises after each. */
  async advance(ms: number): Promise<void> {
    const until = this.#now + ms
    await settle()
    for (let timer = this.#next(until); timer !== undefined; timer = this.#next(until)) {
      this.#timers.delete(timer)
      this.#now = timer.at
      timer.task()
      await settle()
    }
    this.#now = until
  }

  #next(until: number): Timer | undefined {
    let first: Timer | undefined
    for (const timer of this.#timers) {
      if (timer.at > until) continue
      if (first === undefined || timer.at < first.at || (timer.at === first.at && timer.order < first.order))
        first = timer
    }
    return first
  }
}

/** Lets every promise that can settle do so. */
export async function settle(): Promise<void> {
  for (let round = 0; round < 3; round += 1) await new Promise((resolve) => setImmediate(resolve))
}

/** A small seeded generator (mulberry32): 0 ≤ n < 1. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
