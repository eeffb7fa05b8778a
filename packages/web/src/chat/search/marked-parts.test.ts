import { expect, test } from 'vitest'
import { markedParts } from './marked-parts.ts'

/** Puts marked parts in brackets. */
function shown(text: string, marks: [number, number][]): string {
  return markedParts({ text, marks })
    .map((part) => (part.marked ? `[${part.text}]` : part.text))
    .join('')
}

test('a snippet is split at its marks', () => {
  expect(shown('a good day', [[2, 6]])).toBe('a [good] day')
  expect(shown('good', [[0, 4]])).toBe('[good]')
  expect(shown('none', [])).toBe('none')
})

test('marks that are out of order, overlap or exceed the snippet lose and repeat no letter', () => {
  expect(
    shown('a good day', [
      [7, 10],
      [2, 6],
    ]),
  ).toBe('a [good] [day]')
  expect(
    shown('a good day', [
      [2, 6],
      [4, 10],
    ]),
  ).toBe('a [good][ day]')
  expect(shown('short', [[3, 50]])).toBe('sho[rt]')
})
