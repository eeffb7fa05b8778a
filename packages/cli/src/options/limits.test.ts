import { limitTable } from '@dovetail/protocol/limits'
import { expect, test } from 'vitest'
import { checkLimit, readLimits } from './limits.ts'

test('pairs become limits; the last of one name counts', () => {
  expect(readLimits(['pageRecords=100', 'pingSeconds = 0.5', 'pageRecords=7'])).toEqual({
    pageRecords: 7,
    pingSeconds: 0.5,
  })
})

test.each(Object.entries(limitTable))(
  '%s may be set to both ends of its range and not beyond',
  (name, { min, max }) => {
    expect(checkLimit(name, min)).toEqual({ [name]: min })
    expect(readLimits([`${name}=${max}`])).toEqual({ [name]: max })
    expect(() => checkLimit(name, min - 1)).toThrow(`${name} must be`)
    expect(() => checkLimit(name, max + 1)).toThrow(`${name} must be`)
  },
)

test.each([
  'pageRecords',
  'pageRecords=',
  'pageRecords=many',
  'pageRecords=1.5',
  'pageRecords=NaN',
  'pages=3',
  '=3',
  '',
])('"%s" is refused', (pair) => {
  expect(() => readLimits([pair])).toThrow(/is not name=value|must be a whole number|there is no limit/)
})

test('what a name of Object.prototype would give is no limit', () => {
  expect(() => readLimits(['constructor=1'])).toThrow('there is no limit "constructor"')
})
