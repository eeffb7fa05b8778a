import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { parseEndpoint } from './endpoint.ts'
import { HttpConnection } from './http-connection.ts'
import { Traffic } from './traffic.ts'

async function serving(answer: (path: string, reply: ServerResponse) => void) {
  const server: Server = createServer((request, reply) => {
    request.resume()
    request.on('end', () => answer(request.url ?? '', reply))
  })
  const seen: Promise<{ up: number; down: number }>[] = []
  server.on('connection', (socket) => {
    const counts = () => ({ up: socket.bytesRead, down: socket.bytesWritten })
    seen.push(new Promise((resolve) => socket.on('close', () => resolve(counts()))))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  const traffic = new Traffic()
  const { port } = server.address() as AddressInfo
  const connection = new HttpConnection(parseEndpoint(new URL(`http://127.0.0.1:${port}`)), traffic)
  return { connection, traffic, seen }
}

test('every byte that the other end counts on its socket is counted here, and has one purpose', async () => {
  const { connection, traffic, seen } = await serving((path, reply) => {
    if (path === '/nothing') return reply.writeHead(304).end()
    if (path === '/counted') return reply.setHeader('Content-Length', 5).end('12345')
    reply.write('a part, ')
    setImmediate(() => reply.end('another part'))
  })
  const bodies = []
  for (const path of ['/chunked', '/counted', '/nothing', '/chunked']) {
    bodies.push((await connection.request({ path })).body.toString())
  }
  await connection.request({ method: 'POST', path: '/counted', body: '{"text":"hé"}' })
  expect(bodies).toEqual(['a part, another part', '12345', '', 'a part, another part'])
  connection.close()
  const [other] = await Promise.all(seen)
  const { up, down, connections } = traffic.figures()
  expect([up.total, down.total, connections]).toEqual([other?.up, other?.down, 1])
  for (const { total, httpHeaders, chunkFraming, webSocketFraming, payload } of [up, down]) {
    expect(httpHeaders + chunkFraming + webSocketFraming + payload).toBe(total)
  }
  // Two chunks of 8 and 12 bytes: "8\r\n…\r\n" and "c\r\n…\r\n" are 5 around each, the last one, "0\r\n\r\n", is 5.
  expect([down.chunkFraming, down.payload]).toEqual([2 * 15, 2 * 20 + 2 * 5])
})

test('a request made while another is under way waits for its turn', async () => {
  const { connection } = await serving((path, reply) => void reply.end(path))
  const answers = await Promise.all(['/a', '/b', '/c'].map((path) => connection.request({ path })))
  expect(answers.map(({ body }) => body.toString())).toEqual(['/a', '/b', '/c'])
  connection.close()
})

test('a connection that the server closed is opened again for the next request', async () => {
  const { connection, traffic } = await serving((path, reply) => {
    if (path === '/last') reply.setHeader('Connection', 'close')
    reply.end(path)
  })
  await connection.request({ path: '/last' })
  await expect.poll(() => connection.isOpen).toBe(false)
  expect((await connection.request({ path: '/next' })).body.toString()).toBe('/next')
  expect(traffic.figures()).toMatchObject({ connections: 2, breaks: 0 })
  connection.close()
})

test('a connection that breaks before its answer rejects the request', async () => {
  const { connection, traffic } = await serving((_path, reply) => void reply.socket?.destroy())
  await expect(connection.request({ path: '/' })).rejects.toThrow()
  expect(traffic.figures().breaks).toBe(1)
})
