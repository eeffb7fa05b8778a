/**
 * Serves a request whose `Upgrade` header names a protocol other than WebSocket as an ordinary request. A server may
 * ignore that header (RFC 9110, section 7.8), and HTTP/2 clients send `h2c` in their first request. Node reports every
 * such request as an upgrade, so it is fed to the HTTP parser again without the header. It is the last request of its
 * connection, because a proxy may believe in the upgrade and forward other bytes after it.
 */
import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'

export function wantsWebSocket(request: IncomingMessage): boolean {
  return /\bwebsocket\b/i.test(request.headers.upgrade ?? '')
}

/** `head`: the bytes after the request's headers, such as its body. */
export function serveWithoutUpgrade(server: Server, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  server.emit('connection', socket)
  socket.unshift(Buffer.concat([headersOf(request), head]))
  socket.resume()
}

const aboutUpgrade = new Set(['upgrade', 'connection', 'http2-settings'])

function headersOf({ method, url, httpVersion, rawHeaders }: IncomingMessage): Buffer {
  const lines = [`${method} ${url} HTTP/${httpVersion}`]
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? ''
    if (!aboutUpgrade.has(name.toLowerCase())) lines.push(`${name}: ${rawHeaders[index + 1] ?? ''}`)
  }
  return Buffer.from(`${lines.join('\r\n')}\r\nConnection: close\r\n\r\n`, 'latin1')
}
