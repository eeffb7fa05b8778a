import { deflateRawSync } from 'node:zlib'
import { expect, test } from 'vitest'
import {
  frame,
  opcodes,
  openLine,
  serverCloseCode,
  serverFrames,
  upgradeRequest,
} from '../../support/clients/raw-socket.ts'
import { serving } from '../../support/servers/serving.ts'

const server = serving()

/** Says that the payload is compressed (RFC 7692, section 6). */
const rsv1 = 0x40

test('[WSK1, CLO3] compression is not agreed to, and a small message that would be 64 MB is closed as broken framing', async () => {
  const line = await openLine(server.port)
  line.write(upgradeRequest({ 'Sec-WebSocket-Extensions': 'permessage-deflate; client_max_window_bits' }))
  const head = (await line.until('the 101', (bytes) => bytes.includes('\r\n\r\n'))).toString('latin1')
  expect(head).toMatch(/^HTTP\/1\.1 101 /)
  expect(head).not.toMatch(/sec-websocket-extensions/i)
  line.write(frame({ opcode: opcodes.text, payload: '{"id":"hello","op":"hello"}' }))
  await line.until('the reply to hello', (bytes) => serverFrames(bytes).length > 0)
  const bomb = deflateRawSync(Buffer.alloc(64 * 1024 * 1024, ' '))
  expect(bomb.length).toBeLessThan(100_000)
  const before = process.memoryUsage().rss
  line.write(frame({ opcode: rsv1 | opcodes.text, payload: bomb }))
  const received = await line.until('a close', (bytes) => serverCloseCode(bytes) !== undefined)
  expect(serverCloseCode(received)).toBe(1002)
  expect(process.memoryUsage().rss - before).toBeLessThan(50_000_000)
  line.destroy()
})
