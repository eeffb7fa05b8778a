import { expect, test } from 'vitest'
import { frameBytes, streamBytes } from './frame-bytes.ts'

test('a WebSocket frame is counted with a header of 2, 4 or 10 bytes, by its payload’s length in UTF-8', () => {
  expect(frameBytes('x'.repeat(125))).toBe(127)
  expect(frameBytes('x'.repeat(126))).toBe(130)
  expect(frameBytes('é'.repeat(63))).toBe(130)
  expect(frameBytes('x'.repeat(65_535))).toBe(65_539)
  expect(frameBytes('x'.repeat(65_536))).toBe(65_546)
})

test('a server-sent event is counted with its lines and the chunk around them', () => {
  // "event: changes\nid: e.1\ndata: {}\n\n" is 33 bytes, 21 in hexadecimal, with two line ends of two bytes.
  expect(streamBytes('changes', '{}', 'e.1')).toBe(33 + 2 + 4)
})
