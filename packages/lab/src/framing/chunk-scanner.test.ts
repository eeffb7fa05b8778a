import { describe, expect, test } from 'vitest'
import { ChunkScanner } from './chunk-scanner.ts'

const chunks = ['a', 'event: changes\n', 'x'.repeat(300), '\r\n']
const body = Buffer.from(chunks.map((text) => `${text.length.toString(16)}\r\n${text}\r\n`).join(''))

describe('a body in chunks', () => {
  test.each([1, 2, 3, 7, 1000])('chunks are the same in reads of %i bytes into one reused buffer', (size) => {
    const seen: string[] = []
    const scanner = new ChunkScanner((bytes, start, end) => seen.push(bytes.toString('latin1', start, end)))
    const read = Buffer.alloc(size)
    for (let at = 0; at < body.length; at += size) scanner.take(read.subarray(0, body.copy(read, 0, at, at + size)))
    expect(seen).toEqual(chunks)
  })

  test('a chunked body that does not begin with a length is refused', () => {
    expect(() => new ChunkScanner(() => {}).take(Buffer.from('zebra\r\n'))).toThrow('no chunk begins with zebra')
  })
})
