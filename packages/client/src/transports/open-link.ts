import type { Network } from '../base/network.ts'
import { noAnswer } from './connection-error.ts'
import type { Command, Link, LinkEvents, SubscribeRequest, TransportName } from './transport.ts'
import { openWebSocket } from './websocket.ts'

/** Opens a link. The code of the HTTP transports is loaded on demand, since most pages never need it. */
export function openLink(name: TransportName, network: Network, events: LinkEvents): Link {
  const open = (to: LinkEvents): Link =>
    name === 'websocket' ? openWebSocket(network, to) : new LazyLink(name, network, to)
  return network.growing?.(open, network, events) ?? open(events)
}

/** A link whose code is still being loaded. Before `ready`, only `close` is called. */
class LazyLink implements Link {
  readonly name: TransportName
  readonly send = null
  #link: Link | null = null
  #closed = false

  constructor(name: Exclude<TransportName, 'websocket'>, network: Network, events: LinkEvents) {
    this.name = name
    import('./http-link.ts').then(
      ({ openHttp }) => {
        if (!this.#closed) this.#link = openHttp(name, network, events)
      },
      (cause: unknown) => this.#closed || events.lost(noAnswer('refused', 'not open', cause)),
    )
  }

  post(command: Command): void {
    this.#link?.post(command)
  }
  subscribe(request: SubscribeRequest): void {
    this.#link?.subscribe(request)
  }
  unsubscribe(channel: string): void {
    this.#link?.unsubscribe(channel)
  }
  refresh(): void {
    this.#link?.refresh()
  }
  probe(): void {
    this.#link?.probe()
  }
  close(): void {
    this.#closed = true
    this.#link?.close()
  }
}
