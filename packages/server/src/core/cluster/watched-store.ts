/**
 * One store that other nodes write to as well. Once a second it is asked which channels were touched since the last
 * check, so that a lost notification costs a second and no data. Where the store can't say, or did not answer, every hub
 * is compared with it instead.
 */
import type { StoreWatch } from '../../ports/watch.ts'
import type { Hubs } from '../log/hubs.ts'

export interface WatchedStoreOptions {
  readonly watch: StoreWatch | null
  readonly hubs: Hubs
  /** Whether this store keeps the channel. */
  readonly concerns: (channel: string) => boolean
  readonly revocationsChanged: () => void
  /** The store lost what it kept. */
  readonly onLost: () => Promise<void>
  /** Called for each check that failed; `report` only for the first of several in a row. */
  readonly onFailed: () => void
  readonly report: (error: unknown, doing: string) => void
}

/** What the next check compares with the store: the touched channels, or all of them. */
type Due = 'touched' | 'all'

export class WatchedStore {
  readonly #options: WatchedStoreOptions
  #mark: string | null = null
  #due: Due = 'touched'
  #checking: 'no' | 'under way' | 'again' = 'no'
  #isAway = false

  constructor(options: WatchedStoreOptions) {
    this.#options = options
  }

  /** Rejects where the store can't be asked. */
  async begin(): Promise<void> {
    const touched = await this.#options.watch?.touched(null)
    this.#mark = touched?.mark ?? null
  }

  /** Notifications may have been lost: checks now, and once more where a check is under way. */
  checkAfterGap(): void {
    if (this.#options.watch === null) this.#due = 'all'
    if (this.#checking === 'no') void this.#checkNow()
    else this.#checking = 'again'
  }

  /** Called about once a second. */
  check(): void {
    if (this.#checking === 'no') void this.#checkNow()
  }

  async #checkNow(): Promise<void> {
    try {
      do {
        this.#checking = 'under way'
        await this.#checkOnce()
      } while (this.#wasAskedAgain())
      this.#isAway = false
    } catch (error) {
      this.#options.onFailed()
      if (!this.#isAway) this.#options.report(error, 'checking which channels were touched')
      this.#isAway = true
      // What comes back may be another incarnation of the store, restored from an earlier time.
      this.#due = 'all'
    } finally {
      this.#checking = 'no'
    }
  }

  #wasAskedAgain(): boolean {
    return this.#checking === 'again'
  }

  async #checkOnce(): Promise<void> {
    const { watch, concerns, revocationsChanged, onLost, hubs } = this.#options
    if (watch !== null) {
      let touched = await watch.touched(this.#mark)
      if (touched.lost === true) {
        this.#due = 'all'
        await onLost()
        touched = await watch.touched(touched.mark)
      }
      this.#mark = touched.mark
      for (const { name, epoch, head } of touched.channels) if (concerns(name)) await this.#checkHead(name, epoch, head)
      if (touched.revocationsChanged) revocationsChanged()
    }
    if (this.#due === 'touched') return
    this.#due = 'touched'
    await hubs.compareAllWithStore(concerns)
  }

  /** Memberships are not forgotten here: none is remembered for longer than the time between two checks. */
  async #checkHead(name: string, epoch: string | null, head: number): Promise<void> {
    const { hubs } = this.#options
    const hub = hubs.get(name)
    // Deleted, or a head below the hub's: often only an answer that is older than the hub. The store is read to be sure.
    const isLess = epoch === null || (hub !== null && epoch === hub.epoch && head < hub.head)
    if (isLess) await hubs.compareWithStore(name)
    else hubs.checkHead(name, epoch, head)
  }
}
