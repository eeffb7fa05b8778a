import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { openCrowd, openWebSocketReader } from './reader-crowd.ts'

const open: WebSocketServer[] = []
afterEach(() => {
  for (const server of open.splice(0)) {
    for (const peer of server.clients) peer.terminate()
    server.close()
  }
})

async function serve(reply: (text: string) => string) {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  open.push(server)
  server.on('connection', (peer) => peer.on('message', (data) => peer.send(reply(String(data)))))
  await new Promise((resolve) => server.once('listening', resolve))
  return { server, port: (server.address() as AddressInfo).port }
}

const greeted = { path: '/', greeting: ['hello'], onText: () => {} }

describe('a crowd of readers', () => {
  test('a crowd is open once every greeting was answered, and later frames go to their reader', async () => {
    const { server, port } = await serve((text) => `ok ${text}`)
    const received: string[] = []
    let all = (): void => {}
    const complete = new Promise<void>((resolve) => {
      all = resolve
    })
    const crowd = await openCrowd({
      count: 7,
      atATime: 3,
      open: (reader) =>
        openWebSocketReader({
          port,
          path: '/',
          greeting: [`hello ${reader}`, 'subscribe'],
          onText: (bytes, start, end) => {
            received.push(`${reader} ${bytes.toString('utf8', start, end)}`)
            if (received.length === 7) all()
          },
        }),
    })
    expect(server.clients.size).toBe(7)
    for (const peer of server.clients) peer.send('news')
    await complete
    expect(received.sort()).toEqual(Array.from({ length: 7 }, (_, i) => `${i} news`))
    crowd.close()
  })

  test('a reader answers pings, so that servers keep its connection', async () => {
    const { server, port } = await serve((text) => text)
    const crowd = await openCrowd({ count: 1, open: () => openWebSocketReader({ port, ...greeted }) })
    const [peer] = server.clients
    const pong = new Promise<string>((resolve) => peer?.once('pong', (data) => resolve(String(data))))
    peer?.ping('are you there')
    expect(await pong).toBe('are you there')
    crowd.close()
  })

  test('a crowd does not open if a greeting is refused', async () => {
    const { port } = await serve(() => '{"id":1,"error":{"code":"rate_limited"}}')
    const crowd = openCrowd({ count: 2, open: () => openWebSocketReader({ port, ...greeted }) })
    await expect(crowd).rejects.toThrow('rate_limited')
  })
})
