import type { DownEvent } from 'dovetail-protocol'
import { expect, test } from 'vitest'
import { streamParser } from './sse.ts'

const encoder = new TextEncoder()
const frame = { op: 'signal', channel: 'chat:a', type: 'x', data: '😀é', user: null }
const json = JSON.stringify(frame)

function parse(chunks: readonly Uint8Array[]): DownEvent[] {
  const frames: DownEvent[] = []
  const feed = streamParser((one) => frames.push(one))
  for (const chunk of chunks) feed(chunk)
  return frames
}

// The cut falls between two members of the object, so that the LF that joins the lines is not inside a string.
const split = json.indexOf(',') + 1
const cutLines = ['id: E1.7', 'event: signal', `data: ${json.slice(0, split)}`, `data: ${json.slice(split)}`, '', '']

test.each([
  ['LF', '\n'],
  ['CRLF', '\r\n'],
  ['CR', '\r'],
])(
  'B27: the SSE parser gives one event for one event with %s, whether it arrives whole, byte by byte or cut anywhere',
  (_name, end) => {
    // A last CR may be half of a CRLF: the byte after it decides.
    const bytes = encoder.encode(`${cutLines.join(end)}:\n`)
    expect(parse([bytes])).toEqual([frame])
    expect(parse(Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual([frame])
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      expect(parse([bytes.slice(0, cut), bytes.slice(cut)])).toEqual([frame])
    }
  },
)

test('B27: the SSE parser reads mixed line ends, a byte order mark, comments and a line of 1 MB', () => {
  const long = { ...frame, data: 'x'.repeat(1_000_000) }
  const text = `\uFEFF: hello\r\ndata: ${json}\n\r\n:\rdata: ${JSON.stringify(long)}\r\n\ndata: ${json}\n`
  expect(parse([encoder.encode(text)])).toEqual([frame, long]) // the last one has no blank line: not an event
})

test('B27: the SSE parser takes a field without a colon as empty, ignores an id with NUL, and gives no event for an event name alone', () => {
  const text = `id: a\0b\ndata\ndata: ${json}\ndata\n\nevent: lonely\n\nid\nretry: x\n\n`
  expect(parse([encoder.encode(text)])).toEqual([frame])
  expect(parse(Array.from(encoder.encode(text), (byte) => Uint8Array.of(byte)))).toEqual([frame])
})
