import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatCursor, formatEtag, parseCursor } from './cursor.ts'

const epochs = fc.stringMatching(/^[A-Za-z0-9]{1,64}$/)
const revisions = fc.nat({ max: Number.MAX_SAFE_INTEGER })

describe('cursor', () => {
  test('[MOD8] what is formatted is parsed back', () => {
    fc.assert(
      fc.property(epochs, revisions, (epoch, rev) => {
        expect(parseCursor(formatCursor(epoch, rev))).toEqual({ epoch, rev })
      }),
    )
  })

  test('[MOD8] what is parsed has one spelling', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[A-Za-z0-9]{0,3}\.?[0-9]{0,18}$/)), (text) => {
        const cursor = parseCursor(text)
        if (cursor !== null) expect(formatCursor(cursor.epoch, cursor.rev)).toBe(text)
      }),
      { numRuns: 2000 },
    )
  })

  test('[MOD8] "0" has nothing, in any epoch; a channel without an epoch stands there', () => {
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
  ])('%j is no cursor', (text) => {
    expect(parseCursor(text)).toBeNull()
  })

  test('the largest revision that a number holds exactly is one', () => {
    expect(parseCursor(`a.${Number.MAX_SAFE_INTEGER}`)).toEqual({ epoch: 'a', rev: Number.MAX_SAFE_INTEGER })
  })

  test('a tag is quoted and strong', () => {
    expect(formatEtag('aB3', 17)).toBe('"aB3-17"')
  })
})
