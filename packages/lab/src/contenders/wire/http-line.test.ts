import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { Traffic } from '../traffic.ts'
import { endpointOf } from './endpoint.ts'
import { HttpLine } from './http-line.ts'

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
  const line = new HttpLine(endpointOf(new URL(`http://127.0.0.1:${port}`)), traffic)
  return { line, traffic, seen }
}

test('every byte that the other end counts on its socket is counted here, and has one purpose', async () => {
  const { line, traffic, seen } = await serving((path, reply) => {
    if (path === '/nothing') return reply.writeHead(304).end()
    if (path === '/counted') return reply.setHeader('Content-Length', 5).end('12345')
    reply.write('a part, ')
    setImmediate(() => reply.end('another part'))
  })
  const bodies = []
  for (const path of ['/chunked', '/counted', '/nothing', '/chunked']) {
    bodies.push((await line.ask({ path })).body.toString())
  }
  await line.ask({ method: 'POST', path: '/counted', body: '{"text":"hé"}' })
  expect(bodies).toEqual(['a part, another part', '12345', '', 'a part, another part'])
  line.close()
  const [other] = await Promise.all(seen)
  const { up, down, connections } = traffic.figures()
  expect([up.total, down.total, connections]).toEqual([other?.up, other?.down, 1])
  for (const { total, httpHeaders, chunkFraming, webSocketFraming, payload } of [up, down]) {
    expect(httpHeaders + chunkFraming + webSocketFraming + payload).toBe(total)
  }
  // Two chunks of 8 and 12 bytes: "8\r\n…\r\n" and "c\r\n…\r\n" are 5 around each, the last one, "0\r\n\r\n", is 5.
  expect([down.chunkFraming, down.payload]).toEqual([2 * 15, 2 * 20 + 2 * 5])
})

test('what is asked while an answer is owed waits its turn', async () => {
  const { line } = await serving((path, reply) => void reply.end(path))
  const answers = await Promise.all(['/a', '/b', '/c'].map((path) => line.ask({ path })))
  expect(answers.map(({ body }) => body.toString())).toEqual(['/a', '/b', '/c'])
  line.close()
})

test('a connection that the server closed is opened anew for the next question', async () => {
  const { line, traffic } = await serving((path, reply) => {
    if (path === '/last') reply.setHeader('Connection', 'close')
    reply.end(path)
  })
  await line.ask({ path: '/last' })
  await expect.poll(() => line.isOpen).toBe(false)
  expect((await line.ask({ path: '/next' })).body.toString()).toBe('/next')
  expect(traffic.figures()).toMatchObject({ connections: 2, breaks: 0 })
  line.close()
})

test('a line that breaks before it is answered says so', async () => {
  const { line, traffic } = await serving((_path, reply) => void reply.socket?.destroy())
  await expect(line.ask({ path: '/' })).rejects.toThrow()
  expect(traffic.figures().breaks).toBe(1)
})
