/**
 * How a hub that lacks something gets it: it waits a moment for the missing bell, then looks at the
 * store. What is told of while it looks is not forgotten: it looks again.
 */
import type { Stop } from '../ports/clock.ts'

/** Where somebody says that the log stands. */
export interface Told {
  readonly epoch: string
  readonly head: number
}

export interface HealingOptions {
  readonly after: (ms: number, task: () => void) => Stop
  /** Whether the hub is still without this. */
  readonly lacks: (told: Told) => boolean
  /** Whether what is missing belongs to another log, so that no bell can bring it. */
  readonly isForeign: (told: Told) => boolean
  /** Takes over what the store has. */
  readonly look: () => Promise<void>
  readonly failed: (error: unknown) => void
}

/** How long a node that sees a hole waits for the missing bell before it reads the store. */
const holeMs = 20
/** How long a store that failed is left alone. */
const failedMs = 1000

export class Healing {
  readonly #options: HealingOptions
  #told: Told | null = null
  #looking: Promise<void> | null = null
  #stopWaiting: Stop | null = null

  constructor(options: HealingOptions) {
    this.#options = options
  }

  /** The log has reached this far, says somebody: a bell, a commit, a read. */
  tell(told: Told): void {
    if (!this.#options.lacks(told)) return
    if (this.#told === null || this.#told.epoch !== told.epoch || this.#told.head < told.head) this.#told = told
    if (this.#looking !== null) return
    if (this.#options.isForeign(told)) this.#lookForItself()
    else this.#wait(holeMs)
  }

  /** Resolves when the store has been looked at; rejects where it could not be. One look serves all who ask meanwhile. */
  look(): Promise<void> {
    this.#looking ??= this.#run()
    return this.#looking
  }

  #wait(ms: number): void {
    if (this.#stopWaiting !== null) return
    const waitedFor = this.#told
    this.#stopWaiting = this.#options.after(ms, () => {
      this.#stopWaiting = null
      if (this.#told === null) return
      if (!this.#options.lacks(this.#told)) this.#told = null
      else if (waitedFor === null || this.#options.lacks(waitedFor)) this.#lookForItself()
      // What is missing now was told of later: its bell has its own time to come.
      else this.#wait(holeMs)
    })
  }

  #lookForItself(): void {
    // The failure is reported and tried again by the run itself.
    this.look().catch(() => {})
  }

  async #run(): Promise<void> {
    this.stop()
    const told = this.#told
    this.#told = null
    try {
      await this.#options.look()
    } catch (error) {
      this.#told ??= told
      this.#options.failed(error)
      if (this.#told !== null) this.#wait(failedMs)
      throw error
    } finally {
      this.#looking = null
    }
    if (this.#told !== null) this.#wait(holeMs)
  }

  stop(): void {
    this.#stopWaiting?.()
    this.#stopWaiting = null
  }
}
