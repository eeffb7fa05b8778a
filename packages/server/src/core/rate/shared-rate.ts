import type { SharedBuckets } from '../../ports/buckets.ts'
import type { Clock } from '../../ports/clock.ts'
import { StoreUnavailable } from '../../ports/store.ts'
import { RateLimit } from './rate-limit.ts'

/** A limit over all nodes; where they can't ask each other, each keeps it by itself. */
export class SharedRate {
  readonly #buckets: SharedBuckets | null
  readonly #name: string
  readonly #perSecond: number
  readonly #burst: number
  readonly #own: RateLimit

  constructor(parts: {
    readonly buckets: SharedBuckets | null
    readonly clock: Clock
    readonly name: string
    readonly perSecond: number
    readonly burst: number
  }) {
    this.#buckets = parts.buckets
    this.#name = parts.name
    this.#perSecond = parts.perSecond
    this.#burst = parts.burst
    this.#own = new RateLimit(parts.clock, parts.perSecond, parts.burst)
  }

  /** Takes one; resolves with 0 where there was one, else with the seconds until there is. */
  async take(key: string): Promise<number> {
    if (this.#buckets === null) return this.#own.take(key)
    try {
      return await this.#buckets.take({ name: this.#name, key, perSecond: this.#perSecond, burst: this.#burst })
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error
      return this.#own.take(key)
    }
  }
}
