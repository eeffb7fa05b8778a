import { expect, onTestFinished, test } from 'vitest'
import { dayName, dayOf, isoDayOf } from './day.ts'

const evening = new Date(2026, 2, 3, 23, 59, 59).getTime()
const midnight = new Date(2026, 2, 4).getTime()

test('days change at midnight in the reader’s time zone', () => {
  expect(dayOf(midnight) - dayOf(evening)).toBe(1)
  expect(dayOf(midnight + 1)).toBe(dayOf(midnight))
})

test('a day is named Today, Yesterday, or by its date, with the year if it is another', () => {
  expect(dayName(evening, evening)).toBe('Today')
  expect(dayName(evening, midnight)).toBe('Yesterday')
  expect(dayName(evening, new Date(2026, 5, 1).getTime())).not.toContain('2026')
  expect(dayName(evening, new Date(2027, 5, 1).getTime())).toContain('2026')
})

test.each(['Asia/Kathmandu', 'America/St_Johns', 'UTC'])(
  'the machine-readable day is that of the reader in %s',
  (zone) => {
    const before = process.env.TZ
    process.env.TZ = zone
    onTestFinished(() => {
      if (before === undefined) delete process.env.TZ
      else process.env.TZ = before
    })
    for (const hour of [0, 5, 12, 20, 23])
      expect(isoDayOf(new Date(2028, 1, 29, hour, 30).getTime())).toBe('2028-02-29')
  },
)
