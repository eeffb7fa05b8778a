/** The address that a request came from, as limits count it. */
import type { IncomingMessage } from 'node:http'
import { isIPv6, SocketAddress } from 'node:net'

/** With `trustProxy`, the last entry of X-Forwarded-For: the one that the proxy in front wrote itself. */
export function addressOf(request: IncomingMessage, trustProxy: boolean): string {
  const direct = plainAddress(request.socket.remoteAddress ?? '')
  if (!trustProxy) return direct
  const header = request.headers['x-forwarded-for']
  const last = (Array.isArray(header) ? header.join(',') : (header ?? '')).split(',').at(-1)?.trim() ?? ''
  return last === '' ? direct : plainAddress(last)
}

/** Without port, brackets or the IPv4-mapped prefix: one host, one spelling. */
export function plainAddress(text: string): string {
  const bracketed = /^\[([^\]]+)\](?::\d+)?$/.exec(text)
  const bare = bracketed?.[1] ?? (/^\d+\.\d+\.\d+\.\d+:\d+$/.test(text) ? text.slice(0, text.lastIndexOf(':')) : text)
  const address = isIPv6(bare) ? new SocketAddress({ address: bare, family: 'ipv6' }).address : bare
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)
  return (mapped?.[1] ?? address).toLowerCase()
}
