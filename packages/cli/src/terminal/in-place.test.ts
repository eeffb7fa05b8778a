import { expect, test } from 'vitest'
import { InPlace } from './in-place.ts'

/** A minimal terminal: rows of text, and a cursor at the start of a row. */
function screen(columns: number) {
  const rows: string[] = ['$ dovetail']
  let row = 1
  const writes: string[] = []
  const write = (text: string): void => {
    writes.push(text)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences of a terminal begin with one.
    for (const [piece, count] of text.matchAll(/\x1b\[(\d*)([AJK])|\n|[^\x1b\n]+/g)) {
      if (piece.endsWith('A')) row -= Number(count)
      else if (piece === '\x1b[J') rows.splice(row)
      else if (piece === '\n') row++
      else if (piece !== '\x1b[K') rows[row] = piece
    }
  }
  return { rows, writes, at: () => row, inPlace: new InPlace({ write, columns: () => columns }) }
}

// Texts here have lower-case letters only, so a piece that ends in A is a cursor move.
test('each drawing replaces the former one in one write, and the cursor stays below it', () => {
  const { rows, writes, at, inPlace } = screen(80)
  inPlace.draw(['a', 'b', 'c'])
  inPlace.draw(['d', 'e', 'f'])
  expect([rows, at(), writes.length]).toEqual([['$ dovetail', 'd', 'e', 'f'], 4, 2])
  inPlace.draw(['g'])
  expect([rows, at()]).toEqual([['$ dovetail', 'g'], 2])
  inPlace.clear()
  expect([rows, at()]).toEqual([['$ dovetail'], 1])
})

test('lines that a narrower terminal has wrapped count by the rows they take, without colours', () => {
  let columns = 20
  const writes: string[] = []
  const inPlace = new InPlace({ write: (text) => void writes.push(text), columns: () => columns })
  inPlace.draw([`\x1b[2m${'x'.repeat(18)}\x1b[22m`, '', 'y'])
  columns = 8
  inPlace.draw(['z'])
  expect(writes[1]).toBe('\x1b[5Az\x1b[K\n\x1b[J')
})
