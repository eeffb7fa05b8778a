import { describe, expect, test } from 'vitest'
import { type Splitter, splitEvents, splitFrames } from './split-messages.ts'

const frame = (json: string, first = 0x81): Buffer => {
  const payload = Buffer.from(json)
  const head = payload.length < 126 ? [first, payload.length] : [first, 126, payload.length >> 8, payload.length & 255]
  return Buffer.concat([Buffer.from(head), payload])
}

/** The messages of these bytes, given in parts of so many bytes. */
function split(splitter: Splitter, bytes: Buffer, size: number) {
  const pieces = []
  for (let at = 0; at < bytes.length; at += size) pieces.push(...splitter(bytes.subarray(at, at + size)))
  return pieces
}

describe.each([1, 7, 10_000])('in parts of %i bytes', (size) => {
  test('frames are told apart, and a ping carries no JSON', () => {
    const frames = [frame('{"a":"ä"}'), frame('mark', 0x89), frame(`{"b":"${'x'.repeat(300)}"}`)]
    const pieces = split(splitFrames(), Buffer.concat([...frames, frames[0]?.subarray(0, 5) ?? Buffer.alloc(0)]), size)
    expect(pieces.map(({ json }) => json.slice(0, 9))).toEqual(['{"a":"ä"}', '', '{"b":"xxx'])
    expect(pieces.map(({ bytes }) => bytes)).toEqual(frames)
  })

  test('events are told apart, and a comment carries no JSON', () => {
    const blocks = ['retry: 2000\nid: e.1\nevent: changes\ndata: {"a":"ä"}\n\n', ':\n\n', 'data: {"b":1}\n\n']
    const pieces = split(splitEvents(), Buffer.from(`${blocks.join('')}id: e.2\n`), size)
    expect(pieces.map(({ json }) => json)).toEqual(['{"a":"ä"}', '', '{"b":1}'])
    expect(pieces.map(({ bytes }) => bytes.toString())).toEqual(blocks)
  })
})
