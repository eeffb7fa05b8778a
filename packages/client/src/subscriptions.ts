import type { DownEvent, SubscribeOk } from '@dovetail/protocol'
import type { Passenger } from './connection.ts'
import type { DovetailError } from './errors.ts'
import type { Network } from './network.ts'
import { Subscription } from './subscription.ts'
import type { Link, SubscribeRequest } from './transports/transport.ts'

/** All that a client follows: one subscription per channel, all of them on one link. */
export class Subscriptions implements Passenger {
  readonly #channels = new Map<string, Subscription>()
  readonly #network: Network
  readonly #wanted: (wanted: boolean) => void
  #link: Link | null = null

  /** `wanted` is told whether anything is followed. */
  constructor(network: Network, wanted: (wanted: boolean) => void) {
    this.#network = network
    this.#wanted = wanted
  }

  /** The channel's subscription; made where there is none. It goes when its last reader has gone. */
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

  /** The cursor that is held of a channel; null: it is about to be; undefined: nobody follows it, or may. */
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
