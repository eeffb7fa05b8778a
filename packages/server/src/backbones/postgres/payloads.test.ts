import { describe, expect, test } from 'vitest'
import { PayloadReader, payloadsOf } from './payloads.ts'

const numbers = () => {
  let last = 0
  return () => ++last
}

const texts = ['', 'x', 'x'.repeat(7900), 'x'.repeat(7901), 'ü'.repeat(40_000), `a${'😀'.repeat(20_000)}`, 'x\ny']

describe('payloads of NOTIFY', () => {
  test.each(texts)('a text of any length comes back whole from payloads below 8,000 bytes (%#)', (text) => {
    const payloads = payloadsOf(text, numbers())
    for (const payload of payloads) expect(Buffer.byteLength(payload)).toBeLessThan(8000)
    // As the driver reads them.
    const received = payloads.map((payload) => Buffer.from(payload).toString())
    const reader = new PayloadReader()
    expect(received.map((payload) => reader.read(payload))).toEqual([...received.slice(1).map(() => null), text])
  })

  test('no two payloads are equal, even where their texts are', () => {
    const next = numbers()
    const payloads = ['same', 'same', 'y'.repeat(30_000)].flatMap((text) => payloadsOf(text, next))
    expect(new Set(payloads).size).toBe(payloads.length)
  })

  test('what a lost connection cut short is not put before the next text', () => {
    const reader = new PayloadReader()
    const [first = ''] = payloadsOf('z'.repeat(30_000), numbers())
    expect(reader.read(first)).toBeNull()
    reader.clear()
    expect(reader.read('7 next')).toBe('next')
  })

  test('a payload that somebody else sent is ignored', () => {
    expect(new PayloadReader().read('hello')).toBeNull()
  })
})
