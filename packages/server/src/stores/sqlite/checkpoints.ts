import type { Unit } from '../../ports/store.ts'
import { longLogPages } from './checkpoint.ts'
import type { ReaderThread } from './reader-thread.ts'

const pagesACommit = 6
const pageBytes = 4096

/**
 * Has checkpoints made when the write-ahead log has become long. How long it is, only a checkpoint
 * tells; between two of them it is estimated from what was committed, and the estimate corrected by
 * how wrong it was the last time (writes to many channels touch more pages, the search index adds its own).
 */
export class Checkpoints {
  readonly #reader: ReaderThread
  #known = 0
  #counted = 0
  #pagesACounted = 1
  #making: Promise<void> | null = null

  constructor(reader: ReaderThread) {
    this.#reader = reader
  }

  note(group: readonly Unit[]): void {
    this.#counted += pagesACommit
    for (const { writes } of group) for (const { data } of writes) this.#counted += 1 + data.length / pageBytes
    if (this.#making !== null || this.#known + this.#counted * this.#pagesACounted < longLogPages) return
    const done = (): void => {
      this.#making = null
    }
    // One that fails is made up for by the next.
    this.#making = this.#make(this.#counted).then(done, done)
  }

  async close(): Promise<void> {
    await this.#making
  }

  async #make(counted: number): Promise<void> {
    this.#counted = 0
    const { pages, anew } = await this.#reader.call('checkpoint')
    this.#pagesACounted = Math.max(0.25, (pages - this.#known) / counted)
    this.#known = anew ? 0 : pages
  }
}
