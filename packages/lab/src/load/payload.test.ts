import { expect, test } from 'vitest'
import { countMessages, eachIndex, payloadText } from './payload.ts'

test('a payload has its size, and its number is found in any frame around it, in order', () => {
  expect(Buffer.byteLength(payloadText(7, 200))).toBe(200)
  const frame = Buffer.from(
    `....{"a":"${payloadText(12, 200)}"},{"a":"${payloadText(99_999_999, 40)}"}${payloadText(5, 20)}`,
  )
  const found: number[] = []
  const end = frame.length - 20
  eachIndex(frame, 4, end, (index) => found.push(index))
  expect(found).toEqual([12, 99_999_999])
  expect(countMessages(frame, 0, frame.length)).toBe(3)
})
