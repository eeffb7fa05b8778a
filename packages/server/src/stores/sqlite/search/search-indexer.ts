import type { Unit } from '../../../ports/store.ts'
import type { SearchIndex } from './search-index.ts'

/** The writer's methods for indexing. */
export interface IndexWriter {
  unindexed(): Promise<ReturnType<SearchIndex['unindexed']>>
  index(limit: number): Promise<ReturnType<SearchIndex['step']>>
}

/**
 * Indexing a thousand records at once costs a third of indexing each with its commit; reading a thousand
 * takes a millisecond.
 */
const manyUnindexed = 1000
const fewUnindexed = 250

/** The number of steps that a closing store still makes, to erase what was deleted lately. */
const lastSteps = 50

/** Moves words from commits into the search index: in batches, between commits, and soon after a delete. */
export class SearchIndexer {
  readonly #writer: IndexWriter
  #unindexed = 0
  #erasing = false
  #indexing: Promise<void> | null = null
  #stepsLeft = Number.POSITIVE_INFINITY

  constructor(writer: IndexWriter) {
    this.#writer = writer
    const count = async (): Promise<void> => {
      const { fresh, stale } = await writer.unindexed()
      this.#unindexed += fresh + stale
      // The first step continues a merge that was unfinished when the store was closed.
      this.#erasing = true
      await this.#index()
    }
    this.#run(count)
  }

  /** Counts the rows of a group that are to be indexed. */
  note(group: readonly Unit[]): void {
    for (const { writes } of group) {
      for (const { effect, words, expectRev } of writes) {
        const hasWords = effect === 'put' && words !== undefined && words !== ''
        if (hasWords) this.#unindexed++
        this.#erasing ||= effect === 'delete' || (hasWords && typeof expectRev === 'number' && expectRev > 0)
      }
    }
    if (this.#indexing === null && this.#isDue(manyUnindexed)) this.#run(() => this.#index())
  }

  /** Indexes what has changed; resolves when that is done. */
  async settle(): Promise<void> {
    this.#erasing = true
    if (this.#indexing === null) this.#run(() => this.#index())
    await this.#indexing
  }

  async close(): Promise<void> {
    this.#stepsLeft = lastSteps
    await this.#indexing
  }

  #run(work: () => Promise<void>): void {
    const done = (): void => {
      this.#indexing = null
    }
    // A failure here fails the next commit too, which reports it; nothing is lost, only not indexed yet.
    this.#indexing = work().then(done, done)
  }

  async #index(): Promise<void> {
    while (this.#isDue(fewUnindexed) && this.#stepsLeft-- > 0) {
      // A share of the rest: where commits are faster than the indexing, the steps grow and slow them.
      const limit = this.#unindexed < fewUnindexed ? 0 : Math.max(fewUnindexed, this.#unindexed >> 3)
      this.#erasing = false
      const { indexed, erasing } = await this.#writer.index(limit)
      // Fewer than the limit: nothing is left, whatever was counted for writes that were not committed.
      this.#unindexed = indexed < limit ? 0 : Math.max(0, this.#unindexed - indexed)
      this.#erasing ||= erasing
    }
  }

  #isDue(limit: number): boolean {
    return this.#erasing || this.#unindexed >= limit
  }
}
