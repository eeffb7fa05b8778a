import { expect, test } from 'vitest'
import { frameBytes, streamBytes } from './frame-bytes.ts'

test('a frame has a header of 2, 4 or 10 bytes, by the length of its payload in UTF-8', () => {
  expect(frameBytes('x'.repeat(125))).toBe(127)
  expect(frameBytes('x'.repeat(126))).toBe(130)
  expect(frameBytes('é'.repeat(63))).toBe(130)
  expect(frameBytes('x'.repeat(65_535))).toBe(65_539)
  expect(frameBytes('x'.repeat(65_536))).toBe(65_546)
})

test('an event of a stream: its lines, and the chunk around them', () => {
  // "event: changes\nid: e.1\ndata: {}\n\n" is 33 bytes, 21 in hexadecimal, with two line ends of two bytes.
  expect(streamBytes('changes', '{}', 'e.1')).toBe(33 + 2 + 4)
})
