/**
 * A hand-written server for comparison: a message posted over plain HTTP is encoded once, and sent to every
 * open socket in a loop. Nothing is stored.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocketServer } from 'ws'

const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const data: unknown = JSON.parse(Buffer.concat(chunks).toString())
    const message = JSON.stringify({ op: 'message', data })
    for (const peer of sockets.clients) if (peer.readyState === peer.OPEN) peer.send(message)
    response.writeHead(201, { 'content-type': 'application/json', 'content-length': 2 }).end('{}')
  })
})
const sockets = new WebSocketServer({ server, perMessageDeflate: false })

server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`ready at http://127.0.0.1:${(server.address() as AddressInfo).port}\n`)
})
process.on('SIGTERM', () => process.exit(0))
