/**
 * `socket-io-server.js [REDIS_URL]`: Socket.IO as people set it up for this: WebSocket only, messages posted over plain
 * HTTP, emitted to all, on all nodes where there is a Redis between them. Nothing is stored.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Server } from 'socket.io'

const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    io.emit('message', JSON.parse(Buffer.concat(chunks).toString()))
    response.writeHead(201, { 'content-type': 'application/json', 'content-length': 2 }).end('{}')
  })
})
const io = new Server(server, { transports: ['websocket'], serveClient: false, pingInterval: 600_000 })

const [, , redisUrl] = process.argv
if (redisUrl !== undefined) {
  const { createAdapter } = await import('@socket.io/redis-adapter')
  const { createClient } = await import('redis')
  const publisher = createClient({ url: redisUrl })
  const subscriber = publisher.duplicate()
  await Promise.all([publisher.connect(), subscriber.connect()])
  io.adapter(createAdapter(publisher, subscriber))
}

server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`ready at http://127.0.0.1:${(server.address() as AddressInfo).port}\n`)
})
process.on('SIGTERM', () => process.exit(0))
