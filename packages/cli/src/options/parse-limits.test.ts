import { limitTable } from 'dovetail-protocol/limits'
import { expect, test } from 'vitest'
import { parseLimits, parseLimitValue } from './parse-limits.ts'

test('name=value pairs become limits; the last pair of a name wins', () => {
  expect(parseLimits(['pageRecords=100', 'pingSeconds = 0.5', 'pageRecords=7'])).toEqual({
    pageRecords: 7,
    pingSeconds: 0.5,
  })
})

test.each(Object.entries(limitTable))(
  '%s may be set to both ends of its range and not beyond',
  (name, { min, max }) => {
    expect(parseLimitValue(name, min)).toEqual({ [name]: min })
    expect(parseLimits([`${name}=${max}`])).toEqual({ [name]: max })
    expect(() => parseLimitValue(name, min - 1)).toThrow(`${name} must be`)
    expect(() => parseLimitValue(name, max + 1)).toThrow(`${name} must be`)
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
  expect(() => parseLimits([pair])).toThrow(/is not name=value|must be a whole number|there is no limit/)
})

test('a name of Object.prototype is not accepted as a limit', () => {
  expect(() => parseLimits(['constructor=1'])).toThrow('there is no limit "constructor"')
})
