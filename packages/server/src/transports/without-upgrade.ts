/**
 * A server may ignore the wish for another protocol (RFC 9110, 7.8), and clients that know HTTP/2 wish for
 * `h2c` in their first request as a matter of course. Node hands every such request over as an upgrade, so
 * what is none for us goes back into the line without the wish, as any other request. It is the last one
 * there: what follows must not be read as requests where somebody in between believed in the upgrade.
 */
import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'

export function wantsWebSocket(request: IncomingMessage): boolean {
  return /\bwebsocket\b/i.test(request.headers.upgrade ?? '')
}

/** `head`: what came after the request's headers, such as its body. */
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
