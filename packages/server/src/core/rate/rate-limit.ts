/** A token bucket per key. In-process and synchronous, since it stands in front of every command. */
import { LRUCache } from 'lru-cache'
import type { Clock } from '../../ports/clock.ts'
import { Failure } from '../rules/failure.ts'

interface Bucket {
  tokens: number
  at: number
}

const rememberedKeys = 100_000
/** Bounded by size, each of 1: a bound by count has the library lay out room for all of them at once, some 2 MB and 20 ms. */
const bounds = { maxSize: rememberedKeys, sizeCalculation: () => 1 }

export class RateLimit {
  readonly burst: number
  readonly perSecond: number
  readonly #clock: Clock
  readonly #buckets = new LRUCache<string, Bucket>(bounds)

  constructor(clock: Clock, perSecond: number, burst: number) {
    this.#clock = clock
    this.perSecond = perSecond
    this.burst = burst
  }

  /** Takes so many; returns 0 where there were enough, else the seconds until there are. */
  take(key: string, count = 1): number {
    const bucket = this.#filled(key)
    // More than a whole burst could never be had: a full bucket pays for it.
    const price = Math.min(count, this.burst)
    if (bucket.tokens < price) return (price - bucket.tokens) / this.perSecond
    bucket.tokens -= price
    return 0
  }

  /** Takes what was used already, also where it is not left: the debt, of one burst at most, is paid before any `take`. */
  owe(key: string, count: number): void {
    const bucket = this.#filled(key)
    bucket.tokens = Math.max(-this.burst, bucket.tokens - count)
  }

  /** What is left. */
  remaining(key: string): number {
    return Math.max(0, this.#filled(key).tokens)
  }

  #filled(key: string): Bucket {
    const now = this.#clock.monotonic()
    const bucket = this.#buckets.get(key)
    if (bucket === undefined) {
      const full = { tokens: this.burst, at: now }
      this.#buckets.set(key, full)
      return full
    }
    bucket.tokens = Math.min(this.burst, bucket.tokens + ((now - bucket.at) / 1000) * this.perSecond)
    bucket.at = now
    return bucket
  }
}

/** Throws `rate_limited` where there is anything to wait for. `detail`: what there was too much of. */
export function requireNoWait(seconds: number, detail: string): void {
  if (seconds > 0) throw new Failure('rate_limited', detail, { retryAfter: Math.max(1, Math.ceil(seconds)) })
}
