import { expect, test } from 'vitest'
import type { Role } from '../session/data-types.ts'
import { silenceOf, unsilenced, untilWords } from './silence.ts'

const now = Date.parse('2026-11-25T12:00:00')

test('a mute holds until its time, a ban until it is taken back, and neither for who is no member', () => {
  expect(silenceOf(undefined, now)).toEqual({ state: 'none' })
  expect(silenceOf({ role: 'member', mutedUntil: null }, now)).toEqual({ state: 'none' })
  expect(silenceOf({ role: 'member', mutedUntil: now + 1 }, now)).toEqual({ state: 'muted', until: now + 1 })
  expect(silenceOf({ role: 'member', mutedUntil: now }, now)).toEqual({ state: 'none' })
  expect(silenceOf({ role: 'banned', mutedUntil: now + 1 }, now)).toEqual({ state: 'banned' })
})

test('the time of today, and the day too where it is another', () => {
  expect(untilWords(Date.parse('2026-11-25T14:05:00'), now, 'en-GB')).toBe('14:05')
  expect(untilWords(Date.parse('2026-11-26T12:00:00'), now, 'en-GB')).toMatch(/^Thu,? 26 Nov(,| at) 12:00$/)
})

test('of who is writing, those are left out who may not', () => {
  const member = (user: string, role: Role, mutedUntil: number | null = null) => ({ id: user, user, role, mutedUntil })
  const members = [member('muted', 'member', now + 1), member('banned', 'banned'), member('over', 'member', now - 1)]
  expect(unsilenced(['muted', 'over', 'banned', 'stranger'], members, now)).toEqual(['over', 'stranger'])
})
