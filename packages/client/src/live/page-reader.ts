/** Reads a view's pages: the first page with retries, older and newer pages on request. */
import { backOffMs } from '../base/back-off.ts'
import type { Stop } from '../base/clock.ts'
import type { DovetailError } from '../base/errors.ts'
import type { Network } from '../base/network.ts'
import { nothing } from '../base/nothing.ts'
import type { RangeQuery, ReadRange } from './read-range.ts'

type Side = 'older' | 'newer'

export interface PageReaderOptions {
  readonly network: Network
  readonly read: (query: RangeQuery) => Promise<ReadRange>
  /** The first page arrived. */
  readonly first: (range: ReadRange) => void
  readonly further: (range: ReadRange) => void
  /** The first page cannot be read, and a retry would not help. */
  readonly failed: (error: DovetailError) => void
  /** A read of a further page began or ended. */
  readonly asked: () => void
  readonly abandoned: () => void
  readonly changed: () => void
}

export class PageReader {
  readonly #options: PageReaderOptions
  /** Counts resets: pages requested before the last reset are void. */
  #generation = 0
  #further: { older: Promise<void> | null; newer: Promise<void> | null } = { older: null, newer: null }
  #stopRetry: Stop = nothing

  constructor(options: PageReaderOptions) {
    this.#options = options
  }

  isLoading(side: Side): boolean {
    return this.#further[side] !== null
  }

  /** Voids all reads under way. */
  reset(): void {
    this.#generation += 1
    this.#further = { older: null, newer: null }
    this.#stopRetry()
  }

  /** Reads the first page, with retries until it arrives. */
  begin(query: RangeQuery, failures = 0): void {
    const generation = this.#generation
    const { read, first, failed, network, changed } = this.#options
    read(query).then(
      (range) => {
        if (generation !== this.#generation) return
        first(range)
        changed()
      },
      (error: DovetailError) => {
        if (generation !== this.#generation) return
        if (error.retryable) {
          const delayMs = backOffMs(failures, network.random, (error.retryAfter ?? 0) * 1000)
          this.#stopRetry = network.clock.after(delayMs, () => this.begin(query, failures + 1))
        } else failed(error)
        changed()
      },
    )
  }

  /** Reads one page at a time on each side; concurrent calls share it. */
  load(side: Side, query: RangeQuery): Promise<void> {
    const running = this.#further[side]
    if (running !== null) return running
    const promise = this.#load(side, query, this.#generation)
    this.#further[side] = promise
    this.#options.changed()
    return promise
  }

  async #load(side: Side, query: RangeQuery, generation: number): Promise<void> {
    const { read, further, asked, abandoned, changed } = this.#options
    asked()
    try {
      const range = await read(query)
      if (generation === this.#generation) further(range)
    } catch (error) {
      if (generation !== this.#generation) return
      abandoned()
      throw error
    } finally {
      if (generation === this.#generation) {
        this.#further[side] = null
        changed()
      }
    }
  }
}
