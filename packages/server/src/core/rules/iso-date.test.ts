import { expect, test } from 'vitest'
import { timeOfIsoDate } from './iso-date.ts'

test.each([
  '2026-11-30T12:00:00Z',
  '2026-11-30T12:00Z',
  '2026-11-30T12:00:00.000000Z',
  '2026-11-30T12:00:00,0Z',
  '2026-11-30T14:00:00+02:00',
  '2026-11-30T14:00:00+0200',
])('[RET4, IMP2] %s is a date', (text) => {
  expect(timeOfIsoDate(text)).toBe(Date.UTC(2026, 10, 30, 12))
})

test.each([
  '',
  '5',
  '2026',
  '2026-11-30',
  '2026-11-30T12:00:00',
  '2026-11-30 12:00:00Z',
  '2026-02-30T12:00:00Z',
  '2026-13-01T12:00:00Z',
  '2026-11-30T25:00:00Z',
  '2016-12-31T23:59:60Z',
  'Mon, 30 Nov 2026 12:00:00 GMT',
  '0000-01-01T00:00:00+00:01',
  '9999-12-31T23:59:59-00:01',
])('[RET4, IMP2] "%s" is none', (text) => {
  expect(timeOfIsoDate(text)).toBeNull()
})

test('[IMP2] the years from 0000 to 9999 in UTC have dates', () => {
  expect(timeOfIsoDate('0000-01-01T00:00:00Z')).toBe(Date.parse('0000-01-01T00:00:00Z'))
  expect(timeOfIsoDate('9999-12-31T23:59:59.999999Z')).toBe(Date.parse('9999-12-31T23:59:59.999Z'))
})

test('[RET4] the 29th of February is a date in a leap year alone', () => {
  expect(timeOfIsoDate('2028-02-29T00:00:00Z')).toBe(Date.UTC(2028, 1, 29))
  expect(timeOfIsoDate('2026-02-29T00:00:00Z')).toBeNull()
})
