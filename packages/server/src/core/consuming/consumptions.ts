import type { Clock } from '../../ports/clock.ts'
import { Consumption } from './consumption.ts'
import type { ConsumerContext } from './context.ts'

/** After so long without a call, a node forgets which channels of a consumer changed, and lists them anew. */
const idleMs = 60_000
/** Of so many consumers it is kept when something was acknowledged. */
const mostNames = 1000

/** The consumers that this node's workers read for: one `Consumption` for each. */
export class Consumptions {
  readonly #core: () => ConsumerContext
  readonly #clock: Clock
  readonly #all = new Map<string, Consumption>()
  readonly #acknowledgedAt = new Map<string, number>()

  constructor(clock: Clock, core: () => ConsumerContext) {
    this.#clock = clock
    this.#core = core
  }

  /** To be asked for each use: one that nobody uses is closed. */
  of(name: string): Consumption {
    const there = this.#all.get(name)
    if (there !== undefined) return there
    const made = new Consumption(this.#core(), name, () => this.#acknowledged(name))
    this.#all.set(name, made)
    return made
  }

  /** When a worker of this node acknowledged something last, in monotonic ms; `null`: none did, as far as is known. */
  acknowledgedAt(name: string): number | null {
    return this.#acknowledgedAt.get(name) ?? null
  }

  #acknowledged(name: string): void {
    // The oldest goes: names of consumers that were deleted would gather.
    this.#acknowledgedAt.delete(name)
    this.#acknowledgedAt.set(name, this.#clock.monotonic())
    if (this.#acknowledgedAt.size <= mostNames) return
    const [oldest = name] = this.#acknowledgedAt.keys()
    this.#acknowledgedAt.delete(oldest)
  }

  /** Closes those that nobody has used lately. */
  sweep(): void {
    for (const [name, consumption] of this.#all) {
      if (this.#clock.monotonic() - consumption.usedAt < idleMs) continue
      consumption.close()
      this.#all.delete(name)
    }
  }

  close(): void {
    for (const consumption of this.#all.values()) consumption.close()
    this.#all.clear()
  }
}
