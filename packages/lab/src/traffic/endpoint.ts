/** Where a server is, and how a counted connection to it is made. */
import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { Traffic } from './traffic.ts'

export interface Endpoint {
  /** As in the `Host` header. */
  readonly authority: string
  readonly host: string
  readonly port: number
  readonly isSecure: boolean
  /** PEM: whom to trust besides those that Node trusts. */
  readonly ca?: string
}

const securePorts = new Set(['https:', 'wss:'])

export function parseEndpoint(url: URL): Endpoint {
  const isSecure = securePorts.has(url.protocol)
  return {
    authority: url.host,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (isSecure ? 443 : 80) : Number(url.port),
    isSecure,
  }
}

export interface CountedConnection {
  readonly socket: Socket
  write(bytes: string | Buffer): void
}

/** Opens a connection. All that it carries is counted; of TLS, what is inside. */
export function openCountedConnection(
  { host, port, isSecure, ca }: Endpoint,
  traffic: Traffic,
  onBytes: (bytes: Buffer) => void,
): CountedConnection {
  // A server is asked for by its name; an address is none (RFC 6066, 3).
  const named = isIP(host) === 0 ? { servername: host } : {}
  const socket = isSecure
    ? connectTls({ host, port, ...named, ...(ca === undefined ? {} : { ca }) })
    : connectTcp({ host, port })
  traffic.count('connections')
  socket.setNoDelay(true)
  socket.on('data', (bytes: Buffer) => {
    traffic.countBytes('down', bytes.length)
    onBytes(bytes)
  })
  return {
    socket,
    write: (bytes) => {
      traffic.countBytes('up', typeof bytes === 'string' ? Buffer.byteLength(bytes) : bytes.length)
      socket.write(bytes)
    },
  }
}
