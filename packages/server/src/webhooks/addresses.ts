/**
 * Which addresses a webhook's receiver may have. Who may choose a URL could else have this server ask what only this
 * server can reach: its own machine, its network, or the metadata service of its cloud.
 */
import { lookup } from 'node:dns'
import type { LookupFunction } from 'node:net'
import ipaddr from 'ipaddr.js'

export class AddressRefused extends Error {
  override readonly name = 'AddressRefused'
}

/** Whether this address can be reached by anybody: a list of what is allowed, so that no kind is forgotten. */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false
  // An IPv4 address within an IPv6 one counts as what it is.
  const parsed = ipaddr.process(address)
  if (parsed.range() !== 'unicast') return false
  // Of IPv6, only 2000::/3 is given to anybody (RFC 4291, section 2.4).
  return parsed.kind() === 'ipv4' || (parsed.toByteArray()[0] ?? 0) >> 5 === 1
}

/**
 * Looks a name up for a connection and gives it public addresses alone, so that what is connected to is what was checked:
 * a name that gets another address between the check and the connection gains nothing.
 */
export function publicLookup(resolve: typeof lookup = lookup): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, found) => {
      if (error !== null) return callback(error, '', 0)
      const addresses = found.filter(({ address }) => isPublicAddress(address))
      const [first] = addresses
      if (first === undefined) return callback(refused(hostname), '', 0)
      if (options.all === true) callback(null, addresses)
      else callback(null, first.address, first.family)
    })
  }
}

/** Throws `AddressRefused` for a host that is an address, which no connection looks up. */
export function requirePublicHost(hostname: string): void {
  const address = hostname.replace(/^\[|\]$/g, '')
  if (ipaddr.isValid(address) && !isPublicAddress(address)) throw refused(hostname)
}

function refused(host: string): AddressRefused {
  return new AddressRefused(`"${host}" has no public address; see allowPrivate`)
}
