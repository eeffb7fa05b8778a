import type { Network } from '../network.ts'
import type { Link, LinkEvents, TransportName } from './transport.ts'
import { openWebSocket } from './websocket.ts'

/** The only file that names all transports. */
export function openLink(name: TransportName, network: Network, events: LinkEvents): Link {
  return openWebSocket(network, events)
}
