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

  /**
   * What a commit has to wait for: where readers and checkpoints come too late (a busy machine), the
   * writer outruns them, and the log would grow without bound. `null`: nothing.
   */
  room(): Promise<void> | null {
    return this.#length > 3 * longLogPages ? this.#making : null
  }

  get #length(): number {
    return this.#known + this.#counted * this.#pagesACounted
  }

  note(group: readonly Unit[]): void {
    this.#counted += pagesACommit
    for (const { writes } of group) for (const { data } of writes) this.#counted += 1 + data.length / pageBytes
    if (this.#making !== null || this.#length < longLogPages) return
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
    const { pages, anew } = await this.#reader.call('checkpoint')
    this.#pagesACounted = Math.max(0.25, (pages - this.#known) / counted)
    this.#counted -= counted
    this.#known = anew ? 0 : pages
  }
}
