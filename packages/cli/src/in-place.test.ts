import { expect, test } from 'vitest'
import { InPlace } from './in-place.ts'

/** A terminal as far as this needs one: rows of text, a cursor at the start of one of them. */
function screen(columns: number) {
  const rows: string[] = ['$ dovetail']
  let row = 1
  const writes: string[] = []
  const write = (text: string): void => {
    writes.push(text)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what is told to a terminal begins with one.
    for (const [piece, count] of text.matchAll(/\x1b\[(\d*)([AJK])|\n|[^\x1b\n]+/g)) {
      if (piece.endsWith('A')) row -= Number(count)
      else if (piece === '\x1b[J') rows.splice(row)
      else if (piece === '\n') row++
      else if (piece !== '\x1b[K') rows[row] = piece
    }
  }
  return { rows, writes, at: () => row, inPlace: new InPlace({ write, columns: () => columns }) }
}

// Texts here are small letters: a piece that ends in A is a move.
test('each drawing takes the place of the one before, in one write, and the cursor stays below', () => {
  const { rows, writes, at, inPlace } = screen(80)
  inPlace.draw(['a', 'b', 'c'])
  inPlace.draw(['d', 'e', 'f'])
  expect([rows, at(), writes.length]).toEqual([['$ dovetail', 'd', 'e', 'f'], 4, 2])
  inPlace.draw(['g'])
  expect([rows, at()]).toEqual([['$ dovetail', 'g'], 2])
  inPlace.clear()
  expect([rows, at()]).toEqual([['$ dovetail'], 1])
})

test('lines that a narrower terminal has broken since are counted by what they take there, colours aside', () => {
  let columns = 20
  const writes: string[] = []
  const inPlace = new InPlace({ write: (text) => void writes.push(text), columns: () => columns })
  inPlace.draw([`\x1b[2m${'x'.repeat(18)}\x1b[22m`, '', 'y'])
  columns = 8
  inPlace.draw(['z'])
  expect(writes[1]).toBe('\x1b[5Az\x1b[K\n\x1b[J')
})
