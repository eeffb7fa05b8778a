import { describe, expect, test } from 'vitest'
import { FrameScanner } from './frame-scanner.ts'

function frame(opcode: number, payload: Buffer): Buffer {
  if (payload.length < 126) return Buffer.concat([Buffer.from([0x80 | opcode, payload.length]), payload])
  if (payload.length < 65_536) {
    const header = Buffer.from([0x80 | opcode, 126, 0, 0])
    header.writeUInt16BE(payload.length, 2)
    return Buffer.concat([header, payload])
  }
  const header = Buffer.alloc(10)
  header[0] = 0x80 | opcode
  header[1] = 127
  header.writeBigUInt64BE(BigInt(payload.length), 2)
  return Buffer.concat([header, payload])
}

function scanner() {
  const events: string[] = []
  const scanner = new FrameScanner({
    text: (bytes, start, end) => events.push(`text ${bytes.toString('utf8', start, end)}`),
    ping: (payload) => events.push(`ping ${payload}`),
    close: (code) => events.push(`close ${code}`),
  })
  return { scanner, events }
}

const long = 'x'.repeat(70_000)
const stream = Buffer.concat([
  frame(1, Buffer.from('short')),
  frame(9, Buffer.from('beat')),
  frame(1, Buffer.from('y'.repeat(300))),
  frame(1, Buffer.from(long)),
  frame(8, Buffer.from([0x03, 0xf4])),
  frame(8, Buffer.alloc(0)),
])
const all = ['text short', 'ping beat', `text ${'y'.repeat(300)}`, `text ${long}`, 'close 1012', 'close 1005']

describe('the frame scanner', () => {
  test('the frame scanner finds frames of all three length forms in one read', () => {
    const { scanner: whole, events } = scanner()
    whole.take(stream)
    expect(events).toEqual(all)
  })

  test.each([1, 3, 7, 4093])('frames are the same in reads of %i bytes into one reused buffer', (size) => {
    const { scanner: cut, events } = scanner()
    const shared = Buffer.alloc(size)
    for (let at = 0; at < stream.length; at += size) {
      const length = stream.copy(shared, 0, at, at + size)
      cut.take(shared.subarray(0, length))
      shared.fill(0)
    }
    expect(events).toEqual(all)
  })

  test('a fragmented message is given once and whole, after the control frames between its fragments', () => {
    const { scanner: fragmented, events } = scanner()
    /** Without the bit that says that nothing follows. */
    const part = (opcode: number, text: string) => {
      const bytes = frame(opcode, Buffer.from(text))
      bytes[0] = opcode
      return bytes
    }
    fragmented.take(
      Buffer.concat([
        part(1, 'one, '),
        frame(9, Buffer.from('beat')),
        part(0, 'two, '),
        frame(0, Buffer.from('three')),
      ]),
    )
    expect(events).toEqual(['ping beat', 'text one, two, three'])
  })
})
