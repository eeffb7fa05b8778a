import { delayBuckets } from './delay-buckets.ts'

/** An event and when it arrived. Times are ms of one monotonic clock. */
export interface Mark {
  dueAt: number
  /** Null until it arrives. */
  deliveredAt: number | null
}

/** What a candidate delivered, and at what cost, since the run started anew. */
export interface Measures {
  /** Events that arrived. */
  delivered: number
  meanMs: number | null
  medianMs: number | null
  p99Ms: number | null
  /** Requests that were answered, and connections that were opened. */
  requests: number
  requestsPerSecond: number
  /** The share of replies without an event, 0 to 1; null before the first reply. */
  emptyShare: number | null
  bytesPerSecond: number
  bytesPerEvent: number | null
  certainty: 'measured' | 'estimated'
  /** How many delays lie in each bucket of the axis that all lanes share. */
  buckets: readonly number[]
  /** Events that arrived after more than a second. */
  late: number
  /** Events that did not arrive within 10 s, twice the longest interval. */
  lost: number
}

export const lateMs = 1000
export const lostMs = 10_000
const keptDelays = 5000
const shownMs = 15_000 // what a lane may still draw

/** The measurements of one lane. A delay runs from when its event was due, so that a stall of the page counts too. */
export class LaneMeter {
  /** Oldest first. */
  #marks: Mark[] = []
  readonly #expected = new Map<number, Mark>()
  #delays: number[] = []
  #sum = 0
  #delivered = 0
  #late = 0
  #lost = 0
  #answers = 0
  #connections = 0
  #empty = 0
  #measuredBytes = 0
  #estimatedBytes = 0

  sent(event: number, dueAt: number): void {
    const mark: Mark = { dueAt, deliveredAt: null }
    this.#marks.push(mark)
    this.#expected.set(event, mark)
  }

  /** An event that is not expected is ignored: it is from before the start, or a repeat. */
  delivered(event: number, at: number): void {
    const mark = this.#expected.get(event)
    if (mark === undefined) return
    this.#expected.delete(event)
    mark.deliveredAt = at
    const delay = Math.max(0, at - mark.dueAt)
    this.#delivered++
    this.#sum += delay
    if (delay > lateMs) this.#late++
    this.#delays.push(delay)
    if (this.#delays.length > keptDelays) this.#delays.shift()
  }

  answered(answer: 'news' | 'nothing'): void {
    this.#answers++
    if (answer === 'nothing') this.#empty++
  }

  connected(): void {
    this.#connections++
  }

  received(bytes: number, certainty: Measures['certainty']): void {
    if (certainty === 'measured') this.#measuredBytes += bytes
    else this.#estimatedBytes += bytes
  }

  /** For drawing; drops marks that are out of sight, and counts lost events. */
  marks(now: number): readonly Mark[] {
    this.#tidy(now)
    return this.#marks
  }

  /** `elapsedMs` is how long the run took so far, without its pauses. */
  measures(now: number, elapsedMs: number): Measures {
    this.#tidy(now)
    // Over less than a second, a rate would be large and meaningless.
    const seconds = Math.max(elapsedMs, 1000) / 1000
    const sorted = [...this.#delays].sort((a, b) => a - b)
    // Measured bytes replace the estimate of the same bytes.
    const certainty = this.#measuredBytes > 0 ? 'measured' : 'estimated'
    const bytes = certainty === 'measured' ? this.#measuredBytes : this.#estimatedBytes
    const requests = this.#answers + this.#connections
    return {
      delivered: this.#delivered,
      meanMs: this.#delivered === 0 ? null : this.#sum / this.#delivered,
      medianMs: quantile(sorted, 0.5),
      p99Ms: quantile(sorted, 0.99),
      requests,
      requestsPerSecond: requests / seconds,
      emptyShare: this.#answers === 0 ? null : this.#empty / this.#answers,
      bytesPerSecond: bytes / seconds,
      bytesPerEvent: this.#delivered === 0 ? null : bytes / this.#delivered,
      certainty,
      buckets: delayBuckets(sorted),
      late: this.#late,
      lost: this.#lost,
    }
  }

  #tidy(now: number): void {
    for (const [event, { dueAt }] of this.#expected) {
      if (now - dueAt <= lostMs) break
      this.#expected.delete(event)
      this.#lost++
    }
    this.#marks = this.#marks.filter(({ dueAt }) => now - dueAt <= shownMs)
  }
}

/** The smallest value that this share of the values does not exceed. */
function quantile(sorted: readonly number[], share: number): number | null {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? null
}
