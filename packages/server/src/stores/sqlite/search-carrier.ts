import type { Unit } from '../../ports/store.ts'
import type { WriterThread } from './writer-thread.ts'

/** Carrying a thousand records at once costs a third of carrying each with its commit; reading a thousand takes a millisecond. */
const manyUncarried = 1000
const fewUncarried = 250

/** Steps that a closing store still makes, so that what was deleted lately is erased. */
const lastSteps = 50

/** Sees to it that words get from commits into the search index: in batches, between commits, and what was deleted soon. */
export class SearchCarrier {
  readonly #writer: WriterThread
  #uncarried = 0
  #erasing = false
  #carrying: Promise<void> | null = null
  #stepsLeft = Number.POSITIVE_INFINITY

  constructor(writer: WriterThread) {
    this.#writer = writer
    const count = async (): Promise<void> => {
      const { fresh, stale } = await writer.call('uncarried')
      this.#uncarried += fresh + stale
      // What a merge had left to do when the store was closed is found by the first step.
      this.#erasing = true
      await this.#carry()
    }
    this.#run(count)
  }

  /** Counts what a group has left to carry. */
  note(group: readonly Unit[]): void {
    for (const { writes } of group) {
      for (const { effect, words, expectRev } of writes) {
        const hasWords = effect === 'put' && words !== undefined && words !== ''
        if (hasWords) this.#uncarried++
        this.#erasing ||= effect === 'delete' || (hasWords && typeof expectRev === 'number' && expectRev > 0)
      }
    }
    if (this.#carrying === null && this.#isDue(manyUncarried)) this.#run(() => this.#carry())
  }

  async close(): Promise<void> {
    this.#stepsLeft = lastSteps
    await this.#carrying
  }

  #run(work: () => Promise<void>): void {
    const done = (): void => {
      this.#carrying = null
    }
    // What goes wrong here goes wrong for commits too, which tell; nothing is lost, only not carried yet.
    this.#carrying = work().then(done, done)
  }

  async #carry(): Promise<void> {
    while (this.#isDue(fewUncarried) && this.#stepsLeft-- > 0) {
      // A share of what is left: where commits come faster than they are carried, the steps grow and slow them.
      const limit = this.#uncarried < fewUncarried ? 0 : Math.max(fewUncarried, this.#uncarried >> 3)
      this.#erasing = false
      const { carried, erasing } = await this.#writer.call('index', limit)
      // Fewer than asked for: that was all, whatever was counted of writes that came to nothing.
      this.#uncarried = carried < limit ? 0 : Math.max(0, this.#uncarried - carried)
      this.#erasing ||= erasing
    }
  }

  #isDue(limit: number): boolean {
    return this.#erasing || this.#uncarried >= limit
  }
}
