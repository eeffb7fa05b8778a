import type { DownEvent, SubscribeOk } from 'dovetail-protocol'
import type { DovetailError } from '../base/errors.ts'
import type { Network } from '../base/network.ts'
import type { Link, SubscribeRequest } from '../transports/transport.ts'
import type { LinkUser } from './connection.ts'
import { Subscription } from './subscription.ts'

/** All subscriptions of a client: one per channel, all on one link. */
export class Subscriptions implements LinkUser {
  readonly #channels = new Map<string, Subscription>()
  readonly #network: Network
  readonly #wanted: (wanted: boolean) => void
  #link: Link | null = null

  /** `wanted` is called with whether any channel is followed. */
  constructor(network: Network, wanted: (wanted: boolean) => void) {
    this.#network = network
    this.#wanted = wanted
  }

  /** Returns the channel's subscription, or creates it. It ends with its last subscriber. */
  of(channel: string): Subscription {
    const known = this.#channels.get(channel)
    if (known !== undefined) return known
    const subscription: Subscription = new Subscription(channel, this.#network, () => {
      if (this.#channels.get(channel) !== subscription) return
      this.#channels.delete(channel)
      if (this.#channels.size === 0) this.#wanted(false)
    })
    this.#channels.set(channel, subscription)
    if (this.#link !== null) subscription.linked(this.#link)
    this.#wanted(true)
    return subscription
  }

  /** The cursor that is held of a channel; null: there will be one soon; undefined: nobody follows it, or it is refused. */
  originOf(channel: string): string | null | undefined {
    const subscription = this.#channels.get(channel)
    const { name } = subscription?.state ?? { name: 'failed' }
    return name === 'failed' || name === 'ended' ? undefined : subscription?.cursorText
  }

  linked(link: Link | null): void {
    this.#link = link
    for (const subscription of [...this.#channels.values()]) subscription.linked(link)
  }

  frame(frame: DownEvent): void {
    if ('channel' in frame) this.#channels.get(frame.channel)?.frame(frame)
  }

  subscribed(request: SubscribeRequest, ok: SubscribeOk): void {
    this.#channels.get(request.channel)?.subscribed(request, ok)
  }

  refused(request: SubscribeRequest, error: DovetailError): void {
    this.#channels.get(request.channel)?.refused(request, error)
  }

  cursorOf(channel: string): string | null {
    return this.#channels.get(channel)?.cursorText ?? null
  }

  stateChanged(): void {
    for (const subscription of [...this.#channels.values()]) subscription.stateChanged()
  }

  revive(): void {
    for (const subscription of [...this.#channels.values()]) subscription.revive()
  }

  close(): void {
    for (const subscription of this.#channels.values()) subscription.close()
    this.#channels.clear()
  }
}
