import { expect, test } from 'vitest'
import { dayName, dayOf } from './day.ts'

const evening = new Date(2026, 2, 3, 23, 59, 59).getTime()
const midnight = new Date(2026, 2, 4).getTime()

test('days change at midnight of the reader’s own zone', () => {
  expect(dayOf(midnight) - dayOf(evening)).toBe(1)
  expect(dayOf(midnight + 1)).toBe(dayOf(midnight))
})

test('the last two days have names, others a date, and a year where it is another', () => {
  expect(dayName(evening, evening)).toBe('Today')
  expect(dayName(evening, midnight)).toBe('Yesterday')
  expect(dayName(evening, new Date(2026, 5, 1).getTime())).not.toContain('2026')
  expect(dayName(evening, new Date(2027, 5, 1).getTime())).toContain('2026')
})
