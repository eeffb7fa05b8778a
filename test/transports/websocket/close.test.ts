import { describe, expect, test } from 'vitest'
import {
  closeFrame,
  frame,
  opcodes,
  openGreeted,
  serverCloseCode,
  serverFrames,
} from '../../support/clients/raw-socket.ts'
import { freshChannel } from '../../support/paths.ts'
import { serving } from '../../support/servers/serving.ts'

describe('close codes', () => {
  const server = serving()

  const greeted = () => openGreeted(server.port)

  async function closeCodeAfter(...frames: Buffer[]): Promise<number | undefined> {
    const line = await greeted()
    for (const bytes of frames) line.write(bytes)
    const received = await line.until('a close frame', (bytes) => serverCloseCode(bytes) !== undefined)
    line.destroy()
    return serverCloseCode(received)
  }

  test.each([1000, 1001, 3000, 4999])('[CLO1] a close with %i is echoed', async (code) => {
    expect(await closeCodeAfter(closeFrame(code, 'bye'))).toBe(code)
  })

  test('[CLO1] a close without a code is answered by one', async () => {
    expect([1000, 1005]).toContain(await closeCodeAfter(closeFrame()))
  })

  test.each([0, 999, 1004, 1005, 1006, 1015, 1016, 2999])('[CLO3] a close with %i is 1002', async (code) => {
    expect(await closeCodeAfter(closeFrame(code))).toBe(1002)
  })

  test.each([
    ['a frame that is not masked', frame({ opcode: opcodes.text, payload: '{}', masked: false })],
    ['an unknown opcode', frame({ opcode: 3, payload: '{}' })],
    ['an unknown control opcode', frame({ opcode: 11 })],
    ['a ping in pieces', frame({ opcode: opcodes.ping, payload: 'x', fin: false })],
    ['a ping of 126 bytes', frame({ opcode: opcodes.ping, payload: 'x'.repeat(126) })],
    ['a continuation of nothing', frame({ opcode: opcodes.continuation, payload: '{}' })],
    ['a close of one byte', frame({ opcode: opcodes.close, payload: 'x' })],
    ['a reason of 124 bytes', closeFrame(1000, 'x'.repeat(124))],
    [
      'a reserved bit',
      Buffer.concat([Buffer.from([0xc1]), frame({ opcode: opcodes.text, payload: '{}' }).subarray(1)]),
    ],
  ])('[CLO3] %s is 1002', async (_what, bytes) => {
    expect(await closeCodeAfter(bytes)).toBe(1002)
  })

  test('[CLO3] a text begun inside another is 1002', async () => {
    const begun = frame({ opcode: opcodes.text, payload: '{"id"', fin: false })
    expect(await closeCodeAfter(begun, frame({ opcode: opcodes.text, payload: '{}' }))).toBe(1002)
  })

  test.each([
    ['a broken byte', Buffer.from([0x22, 0xff, 0x22])],
    ['a surrogate as bytes', Buffer.from([0x22, 0xed, 0xa0, 0xbd, 0x22])],
    ['an overlong slash', Buffer.from([0x22, 0xc0, 0xaf, 0x22])],
    ['a cut character', Buffer.from([0x22, 0xe2, 0x82])],
  ])('[CLO2] %s is 1007', async (_what, payload) => {
    expect(await closeCodeAfter(frame({ opcode: opcodes.text, payload }))).toBe(1007)
  })

  test('[CLO2] a reason that is not UTF-8 is 1007', async () => {
    const payload = Buffer.from([0x03, 0xe8, 0xff])
    expect(await closeCodeAfter(frame({ opcode: opcodes.close, payload }))).toBe(1007)
  })

  test('[CLO4] a binary message is 1003', async () => {
    expect(await closeCodeAfter(frame({ opcode: opcodes.binary, payload: '{"id":1,"op":"ping"}' }))).toBe(1003)
  })

  test('[CLO5, LIM4] a message over the limit is 1009, one at the limit is served', async () => {
    const ping = (size: number) => {
      const text = '{"id":"big","op":"ping","x":""}'
      return frame({ opcode: opcodes.text, payload: text.replace('""', `"${'y'.repeat(size - text.length)}"`) })
    }
    const line = await greeted()
    line.write(ping(131_072))
    await line.until('the reply', (bytes) => serverFrames(bytes).some(({ payload }) => payload.includes('"big"')))
    line.destroy()
    expect(await closeCodeAfter(ping(131_073))).toBe(1009)
  })

  test('[CLO5] a length that only claims to be huge is 1009 or 1002 at once', async () => {
    const claimed = frame({ opcode: opcodes.text, payload: 'x', claims: 2n ** 40n })
    expect(await closeCodeAfter(claimed)).toBe(1009)
    expect([1002, 1009]).toContain(
      await closeCodeAfter(frame({ opcode: opcodes.text, payload: 'x', claims: 2n ** 63n })),
    )
  })

  test('[CLO5] pieces that together are over the limit are 1009', async () => {
    const piece = 'y'.repeat(60_000)
    const pieces = [
      frame({ opcode: opcodes.text, payload: piece, fin: false }),
      frame({ opcode: opcodes.continuation, payload: piece, fin: false }),
      frame({ opcode: opcodes.continuation, payload: piece, fin: false }),
    ]
    expect(await closeCodeAfter(...pieces)).toBe(1009)
  })

  test('[CLO7] too many fragments are 1008', async () => {
    const empty = Array.from({ length: 5_000 }, () => frame({ opcode: opcodes.continuation, fin: false }))
    const begun = frame({ opcode: opcodes.text, payload: '{', fin: false })
    expect(await closeCodeAfter(begun, Buffer.concat(empty))).toBe(1008)
  })

  test('[CLO7] a few fragments are one message', async () => {
    const line = await greeted()
    line.write(frame({ opcode: opcodes.text, payload: '{"id":"parts",', fin: false }))
    line.write(frame({ opcode: opcodes.ping, payload: 'between' }))
    line.write(frame({ opcode: opcodes.continuation, payload: '"op":"pi', fin: false }))
    line.write(frame({ opcode: opcodes.continuation, payload: 'ng"}' }))
    const received = await line.until('both', (bytes) => serverFrames(bytes).length >= 3)
    const [, pong, reply] = serverFrames(received)
    expect([pong?.opcode, String(pong?.payload)]).toEqual([opcodes.pong, 'between'])
    expect(String(reply?.payload)).toContain('"parts"')
    line.destroy()
  })

  test.each([
    '',
    ' ',
    'hello',
    '{',
    '[]',
    '[{"id":1,"op":"ping"}]',
    'null',
    '7',
    '"ping"',
    '{"op":"ping"}',
    '{"op":"subscribe","channel":"chat:a"}',
    '{"id":null,"op":"ping"}',
    '{"id":{},"op":"ping"}',
    '{"id":[1],"op":"ping"}',
    '{"id":true,"op":"ping"}',
    '{"id":1e999,"op":"ping"}',
    '['.repeat(100_000),
  ])('[CLO8] the message %.30j is closed with 4400', async (text) => {
    const socket = await server.connect('alice')
    socket.sendRaw(text)
    expect((await socket.ended()).code).toBe(4400)
  })

  test('[CLO8] a first frame that is not a command is closed with 4400 too', async () => {
    for (const text of ['nonsense', '{"op":"hello"}']) {
      const socket = await server.open()
      socket.sendRaw(text)
      expect((await socket.ended()).code).toBe(4400)
    }
  })

  test('[CLO1] a connection that is cut leaves nothing behind', async () => {
    const rest = await server.rest('alice')
    const channel = freshChannel()
    await rest.post(`/v1/channels/${channel}/messages`, { text: 'a' })
    const line = await greeted()
    line.write(frame({ opcode: opcodes.text, payload: JSON.stringify({ id: 2, op: 'subscribe', channel }) }))
    await line.until('the reply', (bytes) => serverFrames(bytes).length > 1)
    const readers = async () => (await rest.get<{ readers: number }>(`/v1/channels/${channel}`)).body.readers
    expect(await readers()).toBe(1)
    line.reset()
    await expect.poll(readers).toBe(0)
  })
})

describe('a peer that stops answering', () => {
  const server = serving({ limits: { pingSeconds: 0.2, pongSeconds: 0.3 } })

  test('[LIM10, LIM11, CLO11] no pong in time closes with 4408', async () => {
    const line = await openGreeted(server.port)
    const received = await line.until('a close frame', (bytes) => serverCloseCode(bytes) !== undefined)
    const frames = serverFrames(received)
    expect(frames.some(({ opcode }) => opcode === opcodes.ping)).toBe(true)
    expect(serverCloseCode(received)).toBe(4408)
    await line.ended
  })

  test('[LIM10, LIM11] a peer that answers pings stays connected', async () => {
    const socket = await server.connect('alice')
    const silent = await openGreeted(server.port)
    await silent.until('a close frame', (bytes) => serverCloseCode(bytes) === 4408)
    expect(await socket.ok('ping')).toHaveProperty('serverTime')
  })
})
