import { cut } from '../loss.ts'
import type { Network } from '../network.ts'
import type { Command, Link, LinkEvents, SubscribeRequest, TransportName } from './transport.ts'
import { openWebSocket } from './websocket.ts'

/** Opens a link. Those over HTTP are loaded when they are needed: most pages never are. */
export function openLink(name: TransportName, network: Network, events: LinkEvents): Link {
  return name === 'websocket' ? openWebSocket(network, events) : new LateLink(name, network, events)
}

/** A link whose code is still to be loaded. Until it says `ready`, nobody asks anything of it but to close. */
class LateLink implements Link {
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
      (cause: unknown) => this.#closed || events.lost(cut('refused', 'not open', cause)),
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
