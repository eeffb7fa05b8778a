/**
 * The client address of a request, by which limits count. Each proxy appends the address that connected to it to
 * X-Forwarded-For. Only entries that a trusted proxy appended count; a client may have invented those before them.
 */
import type { IncomingMessage } from 'node:http'
import { BlockList, isIP, isIPv6, SocketAddress } from 'node:net'

/**
 * The trusted proxies. `false`: none. `true`: the one that connects. A number: that many proxies in a row. Addresses and
 * networks (`10.0.0.0/8`, `fd00::/8`): the proxies there.
 */
export type TrustProxy = boolean | number | readonly string[]

export type AddressOf = (request: IncomingMessage) => string

/** @throws RangeError where an address or a network is malformed */
export function addressReader(trust: TrustProxy): AddressOf {
  if (trust === false || trust === 0) return (request) => countedAddress(directAddress(request))
  if (typeof trust === 'object') {
    const networks = networksOf(trust)
    return (request) => countedAddress(firstOutside(networks, directAddress(request), forwarded(request)))
  }
  const hops = Number(trust)
  return (request) => countedAddress(forwarded(request).slice(-hops)[0] ?? directAddress(request))
}

function directAddress({ socket }: IncomingMessage): string {
  return plainAddress(socket.remoteAddress ?? '')
}

/** The entries of X-Forwarded-For; the last is that of the nearest proxy. */
function forwarded({ headers }: IncomingMessage): string[] {
  const header = headers['x-forwarded-for'] ?? ''
  const entries = (Array.isArray(header) ? header.join(',') : header).split(',')
  return entries.map((entry) => plainAddress(entry.trim())).filter((entry) => entry !== '')
}

/** The nearest address that is not a trusted proxy; where all are trusted, the farthest. */
function firstOutside(networks: BlockList, direct: string, entries: readonly string[]): string {
  let found = direct
  for (const entry of entries.toReversed()) {
    if (!isWithin(networks, found)) return found
    found = entry
  }
  return found
}

function isWithin(networks: BlockList, address: string): boolean {
  return isIP(address) !== 0 && networks.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')
}

function networksOf(texts: readonly string[]): BlockList {
  const networks = new BlockList()
  for (const text of texts) {
    const [address = '', prefix] = text.split('/')
    const bits = isIPv6(address) ? 128 : 32
    const isPrefix = prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= bits)
    if (isIP(address) === 0 || !isPrefix)
      throw new RangeError(`"${text}" is no address and no network such as 10.0.0.0/8`)
    networks.addSubnet(address, prefix === undefined ? bits : Number(prefix), bits === 128 ? 'ipv6' : 'ipv4')
  }
  return networks
}

/** The one spelling of an address: without port, brackets, zone and IPv4-mapped prefix. */
export function plainAddress(text: string): string {
  const bracketed = /^\[([^\]]+)\](?::\d+)?$/.exec(text)
  const bare = bracketed?.[1] ?? (/^\d+\.\d+\.\d+\.\d+:\d+$/.test(text) ? text.slice(0, text.lastIndexOf(':')) : text)
  const host = bare.split('%', 1)[0] ?? ''
  const address = isIPv6(host) ? new SocketAddress({ address: host, family: 'ipv6' }).address : host
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)
  return (mapped?.[1] ?? address).toLowerCase()
}

/** A /64 network of IPv6 counts as one address, because a site has at least one such network (RFC 6177). */
function countedAddress(address: string): string {
  if (!isIPv6(address)) return address
  const [head = '', tail] = address.split('::')
  const groups = (text: string) => (text === '' ? [] : text.split(':'))
  const missing = tail === undefined ? 0 : 8 - groups(head).length - groups(tail).length
  const all = [...groups(head), ...Array<string>(missing).fill('0'), ...groups(tail ?? '')]
  return `${all.slice(0, 4).join(':')}::/64`
}
