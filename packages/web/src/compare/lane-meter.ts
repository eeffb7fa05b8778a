/** An event and when it came here. Times are ms of one clock that only goes forward. */
export interface Mark {
  dueAt: number
  /** Null while it is on its way. */
  heardAt: number | null
}

/** What one way of reading cost and gave since the race began anew. */
export interface Measures {
  /** Events that came. */
  heard: number
  meanMs: number | null
  medianMs: number | null
  p99Ms: number | null
  /** Requests that were answered, and connections that were opened. */
  requests: number
  requestsPerSecond: number
  /** 0 to 1: answers that brought nothing; null before the first answer. */
  emptyShare: number | null
  bytesPerSecond: number
  bytesPerEvent: number | null
  certainty: 'measured' | 'estimated'
  /** Came after more than a second. */
  late: number
  /** Did not come within 10 s, twice the longest interval. */
  lost: number
}

export const lateMs = 1000
export const lostMs = 10_000
const keptDelays = 5000
const shownMs = 15_000 // what a lane may still have to draw

/** Counts for one lane. Delays run from when an event should have been sent, so that a stall counts. */
export class LaneMeter {
  /** Oldest first. */
  #marks: Mark[] = []
  readonly #onTheirWay = new Map<number, Mark>()
  #delays: number[] = []
  #sum = 0
  #heard = 0
  #late = 0
  #lost = 0
  #answers = 0
  #connections = 0
  #empty = 0
  #measuredBytes = 0
  #estimatedBytes = 0

  sent(event: number, dueAt: number): void {
    const mark: Mark = { dueAt, heardAt: null }
    this.#marks.push(mark)
    this.#onTheirWay.set(event, mark)
  }

  /** One that is not waited for counts for nothing: it is of before the start, or it came twice. */
  heard(event: number, at: number): void {
    const mark = this.#onTheirWay.get(event)
    if (mark === undefined) return
    this.#onTheirWay.delete(event)
    mark.heardAt = at
    const delay = Math.max(0, at - mark.dueAt)
    this.#heard++
    this.#sum += delay
    if (delay > lateMs) this.#late++
    this.#delays.push(delay)
    if (this.#delays.length > keptDelays) this.#delays.shift()
  }

  asked(answer: 'news' | 'nothing'): void {
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

  /** For drawing; forgets what is out of sight, and gives up what is lost. */
  marks(now: number): readonly Mark[] {
    this.#tidy(now)
    return this.#marks
  }

  /** `elapsedMs` is how long the race has run, without its pauses. */
  measures(now: number, elapsedMs: number): Measures {
    this.#tidy(now)
    // Over less than a second, a rate would be a big number and no news.
    const seconds = Math.max(elapsedMs, 1000) / 1000
    const sorted = [...this.#delays].sort((a, b) => a - b)
    // Where the browser tells what passed, that is told and no estimate of the same bytes beside it.
    const certainty = this.#measuredBytes > 0 ? 'measured' : 'estimated'
    const bytes = certainty === 'measured' ? this.#measuredBytes : this.#estimatedBytes
    const requests = this.#answers + this.#connections
    return {
      heard: this.#heard,
      meanMs: this.#heard === 0 ? null : this.#sum / this.#heard,
      medianMs: quantile(sorted, 0.5),
      p99Ms: quantile(sorted, 0.99),
      requests,
      requestsPerSecond: requests / seconds,
      emptyShare: this.#answers === 0 ? null : this.#empty / this.#answers,
      bytesPerSecond: bytes / seconds,
      bytesPerEvent: this.#heard === 0 ? null : bytes / this.#heard,
      certainty,
      late: this.#late,
      lost: this.#lost,
    }
  }

  #tidy(now: number): void {
    for (const [event, { dueAt }] of this.#onTheirWay) {
      if (now - dueAt <= lostMs) break
      this.#onTheirWay.delete(event)
      this.#lost++
    }
    this.#marks = this.#marks.filter(({ dueAt }) => now - dueAt <= shownMs)
  }
}

/** The smallest value that so large a share of them does not exceed. */
function quantile(sorted: readonly number[], share: number): number | null {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? null
}
