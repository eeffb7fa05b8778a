import type { Unit } from '../../../ports/store.ts'
import { isFull } from '../driver/sqlite-code.ts'
import { type Checkpointed, type CheckpointOptions, longLogPages } from './checkpoint.ts'

const pagesACommit = 6
const pageBytes = 4096

/** A log shorter than this is worth no checkpoint, however full the disk is. */
const shortLogPages = 16

/** The disk of the file. */
export interface Disk {
  /** Bytes that may still be written. */
  readonly freeBytes: () => Promise<number>
  /** The size of the log's file now. */
  readonly logFileBytes: () => Promise<number>
  /** The length of the log that an earlier process left. */
  readonly logBytes: number
}

/**
 * Requests checkpoints when the write-ahead log has become long. Only a checkpoint reports the log's
 * length; between two checkpoints it is estimated from the commits, and the estimate is corrected by its
 * last error (writes to many channels touch more pages, the search index adds its own).
 *
 * The free room limits the log: a checkpoint that finds no room for the pages it copies can't free the
 * log's, and nothing could be written ever again. So the log may use an eighth of the free room, and
 * commits wait at three eighths.
 */
export class Checkpoints {
  readonly #checkpoint: (options: CheckpointOptions) => Promise<Checkpointed>
  readonly #disk: Disk
  #known: number
  #counted = 0
  #pagesACounted = 1
  #making: Promise<void> | null = null
  #long = longLogPages
  /** The length of the log at which the free room is read again and a checkpoint may be made. */
  #next = 0
  /** The free room when a full disk prevented a checkpoint; `null`: the last checkpoint was made. */
  #vainBytes: number | null = null

  constructor(checkpoint: (options: CheckpointOptions) => Promise<Checkpointed>, disk: Disk) {
    this.#checkpoint = checkpoint
    this.#disk = disk
    this.#known = disk.logBytes / pageBytes
  }

  /**
   * The checkpoint that a commit has to wait for: on a busy machine the writer is faster than readers
   * and checkpoints, and the log would grow without bound. `null`: nothing to wait for.
   */
  waitForSpace(): Promise<void> | null {
    return this.#length > 3 * this.#long ? this.#making : null
  }

  get #length(): number {
    return this.#known + this.#counted * this.#pagesACounted
  }

  /** Counts what was committed: a group, or a change outside of any unit. */
  note(group: readonly Unit[]): void {
    this.#counted += pagesACommit
    for (const { writes } of group) for (const { data } of writes) this.#counted += 1 + data.length / pageBytes
    if (this.#length >= this.#next) this.#run(() => this.#check())
  }

  /** Handles a failed commit: beginning the log anew frees room on a full disk. */
  refused(error: unknown): void {
    if (isFull(error)) this.#run(() => this.#makeRoom())
  }

  async close(): Promise<void> {
    await this.#making
  }

  #run(work: () => Promise<void>): void {
    if (this.#making !== null) return
    const done = (): void => {
      this.#making = null
    }
    // A failed checkpoint is made up for by the next one.
    this.#making = work().then(done, done)
  }

  async #check(): Promise<void> {
    const freePages = (await this.#disk.freeBytes()) / pageBytes
    this.#long = Math.min(longLogPages, Math.max(shortLogPages, (freePages + this.#length) / 8))
    if (this.#length >= this.#long) await this.#make(this.#long < longLogPages ? 'cut' : 'keep')
    // While somebody still reads the log, the next checkpoint waits until the log is longer.
    this.#next = this.#length + this.#long / 4
  }

  async #makeRoom(): Promise<void> {
    const freeBytes = await this.#disk.freeBytes()
    if (freeBytes === this.#vainBytes) return
    this.#vainBytes = freeBytes
    if (await this.#make('cut', 0)) this.#vainBytes = null
    this.#next = 0
  }

  /** Returns whether the log is empty now. */
  async #make(file: 'keep' | 'cut', from: number = this.#long): Promise<boolean> {
    const counted = this.#counted
    const { pages, anew } = await this.#checkpoint({ from, file })
    if (counted > 0) this.#pagesACounted = Math.max(0.25, (pages - this.#known) / counted)
    this.#counted -= counted
    this.#known = anew ? 0 : pages
    return anew
  }
}
