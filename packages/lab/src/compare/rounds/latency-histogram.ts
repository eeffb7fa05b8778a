/** Latencies of any number of deliveries, in buckets that grow by an eighth each. */
import { createHistogram, type RecordableHistogram } from 'node:perf_hooks'

export interface LatencyFigures {
  /** What clients got to know, each client counted. */
  readonly count: number
  /** Milliseconds from when the event should have been sent. `null`: nothing was received. */
  readonly mean: number | null
  readonly p50: number | null
  readonly p90: number | null
  readonly p99: number | null
  readonly max: number | null
  readonly histogram: readonly LatencyBucket[]
}

/** `fromMs` ≤ latency < `toMs`. Empty ones are left out. */
export interface LatencyBucket {
  readonly fromMs: number
  readonly toMs: number
  readonly count: number
}

const microseconds = 1000
const firstMs = 0.1
const perOctave = 6

export class LatencyHistogram {
  /** Microseconds. */
  readonly #fine: RecordableHistogram = createHistogram({ lowest: 1, highest: 3_600_000_000, figures: 3 })
  readonly #buckets = new Map<number, number>()
  #sum = 0

  record(ms: number): void {
    // Both ends of a latency are read from one clock that never goes back.
    if (!(ms >= 0)) throw new Error(`a latency of ${ms} ms: an event was heard before it was sent`)
    this.#fine.record(Math.max(1, Math.round(ms * microseconds)))
    this.#sum += ms
    const bucket = ms < firstMs ? -1 : Math.floor(perOctave * Math.log2(ms / firstMs))
    this.#buckets.set(bucket, (this.#buckets.get(bucket) ?? 0) + 1)
  }

  add(other: LatencyHistogram): void {
    this.#fine.add(other.#fine)
    this.#sum += other.#sum
    for (const [bucket, count] of other.#buckets) this.#buckets.set(bucket, (this.#buckets.get(bucket) ?? 0) + count)
  }

  figures(): LatencyFigures {
    const { count } = this.#fine
    if (count === 0) return { count, mean: null, p50: null, p90: null, p99: null, max: null, histogram: [] }
    const ms = (percentile: number): number => rounded(this.#fine.percentile(percentile) / microseconds)
    return {
      count,
      mean: rounded(this.#sum / count),
      p50: ms(50),
      p90: ms(90),
      p99: ms(99),
      max: rounded(this.#fine.max / microseconds),
      histogram: [...this.#buckets]
        .sort(([a], [b]) => a - b)
        .map(([bucket, count]) => ({ fromMs: bound(bucket), toMs: bound(bucket + 1), count })),
    }
  }
}

function bound(bucket: number): number {
  return bucket < 0 ? 0 : rounded(firstMs * 2 ** (bucket / perOctave))
}

function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000
}
