/**
 * One store that other nodes write to as well, asked once a second which channels were touched
 * since the last time. Where it can't tell, or could not be asked for a while, all hubs look.
 */
import type { StoreWatch } from '../ports/watch.ts'
import type { Hubs } from './hubs.ts'

export interface WatchedStoreOptions {
  readonly watch: StoreWatch | null
  readonly hubs: Hubs
  /** Whether this store keeps the channel. */
  readonly concerns: (channel: string) => boolean
  readonly revocationsChanged: () => void
  /** The store lost what it kept. */
  readonly lost: () => Promise<void>
  /** Called for each look that failed; `report` only for the first of a row. */
  readonly failed: () => void
  readonly report: (error: unknown, doing: string) => void
}

/** What the next look is for. */
type Due = 'touched' | 'all'

export class WatchedStore {
  readonly #options: WatchedStoreOptions
  #mark: string | null = null
  #due: Due = 'touched'
  #looking: 'no' | 'under way' | 'again' = 'no'
  #isAway = false

  constructor(options: WatchedStoreOptions) {
    this.#options = options
  }

  /** Rejects where the store can't be asked. */
  async begin(): Promise<void> {
    const touched = await this.#options.watch?.touched(null)
    this.#mark = touched?.mark ?? null
  }

  /** Bells may have been lost: the store is asked now. */
  doubt(): void {
    if (this.#options.watch === null) this.#due = 'all'
    if (this.#looking === 'no') void this.#lookNow()
    else this.#looking = 'again'
  }

  /** Called about once a second. */
  look(): void {
    if (this.#looking === 'no') void this.#lookNow()
  }

  async #lookNow(): Promise<void> {
    try {
      do {
        this.#looking = 'under way'
        await this.#lookOnce()
      } while (this.#wasAskedAgain())
      this.#isAway = false
    } catch (error) {
      this.#options.failed()
      if (!this.#isAway) this.#options.report(error, 'looking what was touched')
      this.#isAway = true
      // What comes back may be another incarnation of the store, restored from an earlier time.
      this.#due = 'all'
    } finally {
      this.#looking = 'no'
    }
  }

  #wasAskedAgain(): boolean {
    return this.#looking === 'again'
  }

  async #lookOnce(): Promise<void> {
    const { watch, concerns, revocationsChanged, lost, hubs } = this.#options
    if (watch !== null) {
      let touched = await watch.touched(this.#mark)
      if (touched.lost === true) {
        this.#due = 'all'
        await lost()
        touched = await watch.touched(touched.mark)
      }
      this.#mark = touched.mark
      for (const { name, epoch, head } of touched.channels) if (concerns(name)) await this.#tell(name, epoch, head)
      if (touched.revocationsChanged) revocationsChanged()
    }
    if (this.#due === 'touched') return
    this.#due = 'touched'
    await hubs.lookAtAll(concerns)
  }

  /** Standings need not forget: what they remember is not older than the time between two looks. */
  async #tell(name: string, epoch: string | null, head: number): Promise<void> {
    const { hubs } = this.#options
    const hub = hubs.get(name)
    // Deleted, or a head below the one known here: often only news of a moment ago. The store tells.
    const isLess = epoch === null || (hub !== null && epoch === hub.epoch && head < hub.head)
    if (isLess) await hubs.lookAt(name)
    else hubs.suspect(name, epoch, head)
  }
}
