import { randomBytes } from 'node:crypto'

/** The request that turns a connection into a WebSocket, with no header that a server can do without. */
export function upgradeRequest(host: string, path: string): string {
  const key = randomBytes(16).toString('base64')
  return `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n\r\n`
}
