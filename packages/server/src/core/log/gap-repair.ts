/**
 * Gets the changes that a hub misses: waits 20 ms for the notifications that carry them, then reads the store. Where no
 * notification carries them, it reads at once. A head that is reported while the store is read is checked again
 * afterwards.
 */
import type { ResetReason } from 'dovetail-protocol'
import type { Stop } from '../../ports/clock.ts'
import type { ChannelFacts } from '../../ports/store.ts'

/** A head of the log, as a notification, a commit or a read reports it. */
export interface ReportedHead {
  readonly epoch: string
  readonly head: number
}

export interface GapRepairOptions {
  readonly after: (ms: number, task: () => void) => Stop
  /** Whether the hub has not reached this head yet. */
  readonly lacks: (reported: ReportedHead) => boolean
  /** Whether the head is of another epoch, so that no notification can carry what is missing. */
  readonly isForeign: (reported: ReportedHead) => boolean
  /** Reads the store and takes over what it has. */
  readonly readStore: () => Promise<void>
  /** The store is read because something did not come in time. */
  readonly repairs: () => void
  readonly failed: (error: unknown) => void
}

/** How long missing notifications are waited for before the store is read. */
const gapMs = 20
/** The wait before a store that failed is read again. */
const failedMs = 1000

export class GapRepair {
  readonly #options: GapRepairOptions
  #reported: ReportedHead | null = null
  /** Whether a head was reported during a read whose changes no notification carries. */
  #readsAgain = false
  #reading: Promise<void> | null = null
  #stopWaiting: Stop | null = null

  constructor(options: GapRepairOptions) {
    this.#options = options
  }

  /** A notification, a commit or a read reports this head. `alone`: no notification carries the changes up to it. */
  report(reported: ReportedHead, changes: 'follow' | 'alone' = 'follow'): void {
    if (!this.#options.lacks(reported)) return
    if (this.#reported === null || this.#reported.epoch !== reported.epoch || this.#reported.head < reported.head)
      this.#reported = reported
    const isAlone = changes === 'alone'
    if (this.#reading !== null) this.#readsAgain ||= isAlone
    else if (isAlone) this.#readAtOnce()
    else if (this.#options.isForeign(reported)) this.#readByItself()
    else this.#wait(gapMs)
  }

  /** Resolves when the store has been read; rejects where it could not be. Callers during one read share it. */
  readStore(): Promise<void> {
    this.#reading ??= this.#run()
    return this.#reading
  }

  #wait(ms: number): void {
    if (this.#stopWaiting !== null) return
    const waitedFor = this.#reported
    this.#stopWaiting = this.#options.after(ms, () => {
      this.#stopWaiting = null
      if (this.#reported === null) return
      if (!this.#options.lacks(this.#reported)) this.#reported = null
      else if (waitedFor === null || this.#options.lacks(waitedFor)) this.#readByItself()
      // What was missing has come. The newer head has a wait of its own.
      else this.#wait(gapMs)
    })
  }

  #readByItself(): void {
    this.#options.repairs()
    this.#readAtOnce()
  }

  #readAtOnce(): void {
    // `#run` reports the failure and schedules the next read.
    this.readStore().catch(() => {})
  }

  async #run(): Promise<void> {
    this.stop()
    const reported = this.#reported
    this.#reported = null
    this.#readsAgain = false
    try {
      await this.#options.readStore()
    } catch (error) {
      this.#reported ??= reported
      this.#options.failed(error)
      if (this.#reported !== null) this.#wait(failedMs)
      throw error
    } finally {
      this.#reading = null
    }
    this.#goOn()
  }

  /** A head was reported while the store was read. */
  #goOn(): void {
    if (this.#reported === null) return
    if (!this.#options.lacks(this.#reported)) this.#reported = null
    else if (this.#readsAgain) this.#readAtOnce()
    else this.#wait(gapMs)
  }

  stop(): void {
    this.#stopWaiting?.()
    this.#stopWaiting = null
  }
}

/**
 * Why a log as a hub knows it can't be continued with what the store has; `null`: it can. `headWhenAsked`: the hub's head
 * when it asked, which may have risen while the store answered.
 */
export function whyReset(
  facts: ChannelFacts,
  known: { readonly epoch: string | null; readonly head: number },
  headWhenAsked: number,
): ResetReason | null {
  if (facts.epoch !== known.epoch || facts.head < headWhenAsked) return 'epoch'
  // Tombstones purged above the head would never reach the readers.
  return known.head !== 0 && known.head < facts.floor ? 'expired' : null
}
