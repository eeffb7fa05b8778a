/**
 * How this node learns what other nodes did: at once by their notifications, and within a second by asking the stores
 * which channels were touched. Notifications may be lost. The stores are asked whatever was notified, so that a lost one
 * costs a second and no data.
 */
import type { Backbone, Notification } from '../../ports/backbone.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Store } from '../../ports/store.ts'
import type { StoreWatch } from '../../ports/watch.ts'
import type { Memberships } from '../access/membership.ts'
import type { Revocations } from '../access/revocations.ts'
import { applyChanges } from '../log/commit.ts'
import { deliverSignal } from '../log/deliver-signal.ts'
import type { Hubs } from '../log/hubs.ts'
import type { ChangeTraces } from '../tracing/change-traces.ts'
import { KnownNodes } from './known-nodes.ts'
import { WatchedStore } from './watched-store.ts'

export interface PeersOptions {
  readonly backbone: Backbone
  readonly hubs: Hubs
  readonly memberships: Memberships
  readonly revocations: Revocations
  /** Each store once. `watch` is null where only this process writes, or where the store can't say what was touched. */
  readonly stores: readonly { readonly store: Store; readonly watch: StoreWatch | null }[]
  readonly storeOf: (channel: string) => Store
  readonly clock: Clock
  readonly changeTraces: ChangeTraces | null
  readonly report: (error: unknown, doing: string) => void
}

export class Peers {
  readonly #options: PeersOptions
  readonly #stores: readonly WatchedStore[]
  /** Since the start, for the metrics. */
  readonly counts = { notifications: 0, gaps: 0, failedChecks: 0 }
  /** The other nodes, as they reported last. */
  readonly nodes: KnownNodes
  #cutRevoked: () => void = () => {}
  #reloading: 'no' | 'under way' | 'again' = 'no'
  /** A reload that failed is tried again with the next check. */
  #reloadFailed = false

  constructor(options: PeersOptions) {
    this.#options = options
    const { hubs, storeOf, clock, report } = options
    this.nodes = new KnownNodes(clock)
    this.#stores = options.stores.map(({ store, watch }) => {
      const concerns = (channel: string) => storeOf(channel) === store
      const onFailed = () => {
        this.counts.failedChecks++
      }
      const revocationsChanged = () => this.#reload()
      const onLost = () => this.#reopenChannels(store)
      return new WatchedStore({ watch, hubs, concerns, revocationsChanged, onLost, onFailed, report })
    })
    options.backbone.onNotification((notification) => this.#receive(notification))
    options.backbone.onGap(() => {
      this.counts.gaps++
      for (const store of this.#stores) store.checkAfterGap()
    })
  }

  /** Resolves when every later change is noticed. `cutRevoked` ends the reading of revoked callers. */
  async begin(cutRevoked: () => void): Promise<void> {
    this.#cutRevoked = cutRevoked
    await Promise.all(this.#stores.map((store) => store.begin()))
    await this.#options.revocations.load()
  }

  /** Called about once a second. */
  check(): void {
    for (const store of this.#stores) store.check()
    if (this.#reloadFailed) this.#reload()
  }

  /**
   * The store lost its channels; nobody deleted them. Opens the public ones that are read here again, empty, so that
   * their readers start over. A private one would be without its members: nobody could read, write or open it. It stays
   * gone, so that it can be opened by somebody who becomes its owner.
   */
  async #reopenChannels(store: Store): Promise<void> {
    const { hubs, memberships, storeOf, clock } = this.#options
    for (const { channel, epoch, visibility } of hubs.all()) {
      if (storeOf(channel) !== store) continue
      memberships.forget(channel)
      if (epoch === null || visibility !== 'public') continue
      await store.open({ name: channel, at: clock.now(), visibility, title: null, owner: null })
    }
  }

  #receive(notification: Notification): void {
    if (notification.kind !== 'node') this.counts.notifications++
    const { hubs, memberships } = this.#options
    switch (notification.kind) {
      case 'advanced':
        this.#receiveAdvanced(notification)
        return
      case 'dropped':
        memberships.forget(notification.channel)
        // The channel may have been created again since: the store is asked.
        hubs
          .compareWithStore(notification.channel)
          .catch((error: unknown) => this.#options.report(error, `comparing ${notification.channel} with the store`))
        return
      case 'signal':
        deliverSignal(hubs, notification.channel, notification.type, notification.data, notification.user)
        return
      case 'revoked':
        this.#reload()
        return
      case 'node':
        this.nodes.heard(notification.report)
    }
  }

  #receiveAdvanced(notification: Notification & { kind: 'advanced' }): void {
    const { channel, epoch, head, changes, membersUnchanged, traces } = notification
    const { hubs, memberships, changeTraces } = this.#options
    if (traces !== undefined) changeTraces?.begin(hubs.get(channel), traces, 'peer')
    if (changes.length === 0) {
      if (membersUnchanged === true) memberships.committed(channel, epoch, [])
      else memberships.forget(channel)
      hubs.readUpTo(channel, epoch, head)
      return
    }
    applyChanges(this.#options, channel, epoch, changes)
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
