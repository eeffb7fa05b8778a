import { createHash } from 'node:crypto'
import { type AddressInfo, createServer } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import type { Range } from '../judge/observation.ts'
import { Reset } from './follow.ts'
import { followWebSocket } from './follow-websocket.ts'

const frame = (value: object): Buffer => {
  const text = Buffer.from(JSON.stringify(value))
  return Buffer.concat([Buffer.from([0x81, text.length]), text])
}

/** Answers the upgrade, and then everything in one write. */
async function serverThatSends(...values: object[]): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', (head) => {
      const key = /Sec-WebSocket-Key: (\S+)/i.exec(String(head))?.[1]
      const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
      const answer = `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Protocol: dovetail.v1\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`
      socket.write(Buffer.concat([Buffer.from(answer), ...values.map(frame)]))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

test('ranges that arrive in one turn with a reset do not count as read before the reset', async () => {
  const url = await serverThatSends(
    { id: 2, ok: { resume: 'live', cursor: 'a.1' } },
    { op: 'changes', from: 1, to: 2, changes: [] },
    { op: 'reset', reason: 'epoch', cursor: 'b.3' },
    { op: 'changes', from: 3, to: 4, changes: [] },
  )
  const taken: Range[] = []
  const following = followWebSocket({
    url,
    channel: 'chat:x',
    token: null,
    after: 'a.1',
    signal: new AbortController().signal,
    onOpen: () => {},
    onRange: (range) => taken.push(range),
    pause: () => Promise.resolve(),
  })
  await expect(following).rejects.toBeInstanceOf(Reset)
  expect(taken.map(({ from, to }) => [from, to])).toEqual([[1, 2]])
})
