/**
 * What the other nodes did, and how this one learns of it: at once by their bells, and within a
 * second by what the stores say was touched since they were last asked. Bells may be lost; the
 * stores are asked whatever was heard, so that a loss costs that second and no data.
 */
import type { Backbone, Bell } from '../ports/backbone.ts'
import type { Clock } from '../ports/clock.ts'
import type { Store } from '../ports/store.ts'
import type { StoreWatch } from '../ports/watch.ts'
import { deliverSignal } from './deliver-signal.ts'
import type { Hubs } from './hubs.ts'
import type { Revocations } from './revocations.ts'
import type { Standings } from './standing.ts'
import { WatchedStore } from './watched-store.ts'

export interface NeighboursOptions {
  readonly backbone: Backbone
  readonly hubs: Hubs
  readonly standings: Standings
  readonly revocations: Revocations
  /** Each store once. `watch` is null where only this process writes, or where nobody can tell what was touched. */
  readonly stores: readonly { readonly store: Store; readonly watch: StoreWatch | null }[]
  readonly storeOf: (channel: string) => Store
  readonly clock: Clock
  readonly report: (error: unknown, doing: string) => void
}

export class Neighbours {
  readonly #options: NeighboursOptions
  readonly #stores: readonly WatchedStore[]
  /** For those who watch. */
  readonly counts = { bells: 0, doubts: 0, failedLooks: 0 }
  #cutRevoked: () => void = () => {}
  #reloading: 'no' | 'under way' | 'again' = 'no'
  /** A reload that failed is tried again with the next look. */
  #reloadFailed = false

  constructor(options: NeighboursOptions) {
    this.#options = options
    const { hubs, storeOf, report } = options
    this.#stores = options.stores.map(({ store, watch }) => {
      const concerns = (channel: string) => storeOf(channel) === store
      const failed = () => {
        this.counts.failedLooks++
      }
      const revocationsChanged = () => this.#reload()
      const lost = () => this.#remake(store)
      return new WatchedStore({ watch, hubs, concerns, revocationsChanged, lost, failed, report })
    })
    options.backbone.onBell((bell) => this.#hear(bell))
    options.backbone.onDoubt(() => {
      this.counts.doubts++
      for (const store of this.#stores) store.doubt()
    })
  }

  /** From here on nothing is missed. `cutRevoked` ends the readings of whoever is revoked by now. */
  async begin(cutRevoked: () => void): Promise<void> {
    this.#cutRevoked = cutRevoked
    await Promise.all(this.#stores.map((store) => store.begin()))
    await this.#options.revocations.load()
  }

  /** Called about once a second. */
  look(): void {
    for (const store of this.#stores) store.look()
    if (this.#reloadFailed) this.#reload()
  }

  /** Channels that are read here were lost, not deleted: they are there again, empty, and their readers start over. */
  async #remake(store: Store): Promise<void> {
    const { hubs, storeOf, clock } = this.#options
    for (const { channel, epoch, visibility } of hubs.all()) {
      if (epoch === null || visibility === null || storeOf(channel) !== store) continue
      await store.open({ name: channel, at: clock.now(), visibility, title: null, owner: null })
    }
  }

  #hear(bell: Bell): void {
    this.counts.bells++
    const { hubs, standings } = this.#options
    switch (bell.kind) {
      case 'advanced':
        this.#hearAdvanced(bell)
        return
      case 'dropped':
        standings.forget(bell.channel)
        // It may have been made anew since: the store knows.
        hubs.lookAt(bell.channel).catch((error: unknown) => this.#options.report(error, `looking at ${bell.channel}`))
        return
      case 'signal':
        deliverSignal(hubs, bell.channel, bell.type, bell.data, bell.user)
        return
      case 'revoked':
        this.#reload()
    }
  }

  #hearAdvanced({ channel, epoch, head, changes }: Bell & { kind: 'advanced' }): void {
    const { hubs, standings } = this.#options
    if (changes.length === 0) {
      standings.forget(channel)
      hubs.suspect(channel, epoch, head)
      return
    }
    standings.committed(channel, epoch, changes)
    hubs.advance(channel, epoch, changes)
  }

  #reload(): void {
    if (this.#reloading === 'no') void this.#reloadNow()
    else this.#reloading = 'again'
  }

  async #reloadNow(): Promise<void> {
    try {
      do {
        this.#reloading = 'under way'
        await this.#options.revocations.load()
      } while (this.#wasAskedAgain())
      this.#reloadFailed = false
      this.#cutRevoked()
    } catch (error) {
      if (!this.#reloadFailed) this.#options.report(error, 'reading what was revoked')
      this.#reloadFailed = true
    } finally {
      this.#reloading = 'no'
    }
  }

  #wasAskedAgain(): boolean {
    return this.#reloading === 'again'
  }
}
