import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { beginningFloor, formatCursor, formatEtag, formatReadingCursor, parseCursor } from './cursor.ts'

const epochs = fc.stringMatching(/^[A-Za-z0-9]{1,64}$/)
const revisions = fc.nat({ max: Number.MAX_SAFE_INTEGER })

describe('cursors and entity tags', () => {
  test('[MOD8] parseCursor gives back what formatCursor was given', () => {
    fc.assert(
      fc.property(epochs, revisions, (epoch, rev) => {
        expect(parseCursor(formatCursor(epoch, rev))).toEqual({ epoch, rev })
      }),
    )
  })

  test('[MOD8] a cursor says at which floor its reading began, where it is below it', () => {
    fc.assert(
      fc.property(epochs, revisions, revisions, (epoch, rev, floor) => {
        const text = formatReadingCursor(epoch, rev, floor)
        expect([parseCursor(text), beginningFloor(text)]).toEqual([{ epoch, rev }, rev < floor ? floor : 0])
      }),
    )
    expect(formatReadingCursor('e', 2, 7)).toBe('e.2~7')
    expect(beginningFloor('0')).toBe(0)
  })

  test('[MOD8] each cursor has exactly one spelling, but for what says where it began', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.stringMatching(/^[A-Za-z0-9]{0,3}\.?[0-9]{0,18}(~[0-9]{0,18})?$/)),
        (text) => {
          const cursor = parseCursor(text)
          if (cursor !== null) expect(formatCursor(cursor.epoch, cursor.rev)).toBe(text.split('~')[0])
        },
      ),
      { numRuns: 2000 },
    )
  })

  test('[MOD8] the cursor "0" is revision 0 of no epoch, in both directions', () => {
    expect(parseCursor('0')).toEqual({ epoch: null, rev: 0 })
    expect(formatCursor(null, 0)).toBe('0')
  })

  test.each([
    '',
    '.',
    '1',
    '00',
    'a',
    'a.',
    '.1',
    'a.-1',
    'a.+1',
    'a.01',
    'a.1.2',
    'a.1 ',
    ' a.1',
    'a.1\n',
    'a.1e3',
    'a.9007199254740992',
    'a.99999999999999999',
    'é.1',
    'a_b.1',
    'a.１',
    `${'a'.repeat(65)}.1`,
    '0.',
    'null.null',
    'a.0x1',
  ])('parseCursor refuses %j', (text) => {
    expect(parseCursor(text)).toBeNull()
  })

  test('a cursor may hold the largest safe integer as its revision', () => {
    expect(parseCursor(`a.${Number.MAX_SAFE_INTEGER}`)).toEqual({ epoch: 'a', rev: Number.MAX_SAFE_INTEGER })
  })

  test('an entity tag is strong and has quotes', () => {
    expect(formatEtag('aB3', 17)).toBe('"aB3-17"')
  })
})
