import type { Unit } from '../../ports/store.ts'
import { type Checkpointed, type CheckpointOptions, longLogPages } from './checkpoint.ts'
import { isFull } from './sqlite-code.ts'

const pagesACommit = 6
const pageBytes = 4096

/** A log so short is worth no checkpoint, however full the disk. */
const shortLogPages = 16

/** What is known of the disk that the file is on. */
export interface Disk {
  /** Bytes that may still be written. */
  readonly freeBytes: () => Promise<number>
  /** Of the log that an earlier process left. */
  readonly logBytes: number
}

/**
 * Has checkpoints made when the write-ahead log has become long. How long it is, only a checkpoint
 * tells; between two of them it is estimated from what was committed, and the estimate corrected by
 * how wrong it was the last time (writes to many channels touch more pages, the search index adds its own).
 *
 * How long it may become is a matter of room: a checkpoint that finds none for what it copies out of the log
 * can't give the log's own back, and nothing could be written ever again. So the log gets an eighth of what is free,
 * and commits wait at three.
 */
export class Checkpoints {
  readonly #checkpoint: (options: CheckpointOptions) => Promise<Checkpointed>
  readonly #disk: Disk
  #known: number
  #counted = 0
  #pagesACounted = 1
  #making: Promise<void> | null = null
  #long = longLogPages
  /** The log's length from which on the disk is looked at again, and the log with it. */
  #next = 0
  /** What was free when a full disk let no checkpoint be made; `null`: the last one was. */
  #vainBytes: number | null = null

  constructor(checkpoint: (options: CheckpointOptions) => Promise<Checkpointed>, disk: Disk) {
    this.#checkpoint = checkpoint
    this.#disk = disk
    this.#known = disk.logBytes / pageBytes
  }

  /**
   * What a commit has to wait for: where readers and checkpoints come too late (a busy machine), the
   * writer outruns them, and the log would grow without bound. `null`: nothing.
   */
  room(): Promise<void> | null {
    return this.#length > 3 * this.#long ? this.#making : null
  }

  get #length(): number {
    return this.#known + this.#counted * this.#pagesACounted
  }

  /** Of what was committed: a group, or a change that is no unit's. */
  note(group: readonly Unit[]): void {
    this.#counted += pagesACommit
    for (const { writes } of group) for (const { data } of writes) this.#counted += 1 + data.length / pageBytes
    if (this.#length >= this.#next) this.#run(() => this.#look())
  }

  /** Of what was not committed: a log that begins anew leaves room on a full disk. */
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
    // One that fails is made up for by the next.
    this.#making = work().then(done, done)
  }

  async #look(): Promise<void> {
    const freePages = (await this.#disk.freeBytes()) / pageBytes
    this.#long = Math.min(longLogPages, Math.max(shortLogPages, (freePages + this.#length) / 8))
    if (this.#length >= this.#long) await this.#make(this.#long < longLogPages ? 'cut' : 'keep')
    // Where somebody still reads the log, the next is soon enough when there is more of it.
    this.#next = this.#length + this.#long / 4
  }

  async #makeRoom(): Promise<void> {
    const freeBytes = await this.#disk.freeBytes()
    if (freeBytes === this.#vainBytes) return
    this.#vainBytes = freeBytes
    if (await this.#make('cut', 0)) this.#vainBytes = null
    this.#next = 0
  }

  /** Whether the log is empty now. */
  async #make(file: 'keep' | 'cut', from: number = this.#long): Promise<boolean> {
    const counted = this.#counted
    const { pages, anew } = await this.#checkpoint({ from, file })
    if (counted > 0) this.#pagesACounted = Math.max(0.25, (pages - this.#known) / counted)
    this.#counted -= counted
    this.#known = anew ? 0 : pages
    return anew
  }
}
