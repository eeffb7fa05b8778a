/** A token bucket per key. In-process and synchronous, since it stands in front of every command. */
import { LRUCache } from 'lru-cache'
import type { Clock } from '../ports/clock.ts'

interface Bucket {
  tokens: number
  at: number
}

const rememberedKeys = 100_000

export class RateLimit {
  readonly #clock: Clock
  readonly #perSecond: number
  readonly #burst: number
  readonly #buckets = new LRUCache<string, Bucket>({ max: rememberedKeys })

  constructor(clock: Clock, perSecond: number, burst: number) {
    this.#clock = clock
    this.#perSecond = perSecond
    this.#burst = burst
  }

  /** Takes so many; returns 0 where there were enough, else the seconds until there are. */
  take(key: string, count = 1): number {
    const now = this.#clock.monotonic()
    let bucket = this.#buckets.get(key)
    if (bucket === undefined) {
      bucket = { tokens: this.#burst, at: now }
      this.#buckets.set(key, bucket)
    }
    bucket.tokens = Math.min(this.#burst, bucket.tokens + ((now - bucket.at) / 1000) * this.#perSecond)
    bucket.at = now
    // More than a whole burst could never be had: a full bucket pays for it.
    const price = Math.min(count, this.#burst)
    if (bucket.tokens < price) return (price - bucket.tokens) / this.#perSecond
    bucket.tokens -= price
    return 0
  }
}
