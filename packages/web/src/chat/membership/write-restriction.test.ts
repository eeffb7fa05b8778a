import { expect, test } from 'vitest'
import type { Role } from '../../session/data-types.ts'
import { filterUnrestricted, formatUntil, writeRestrictionOf } from './write-restriction.ts'

const now = Date.parse('2026-11-25T12:00:00')

test('a mute restricts writing until its time, a ban until it is lifted; a non-member is not restricted', () => {
  expect(writeRestrictionOf(undefined, now)).toEqual({ state: 'none' })
  expect(writeRestrictionOf({ role: 'member', mutedUntil: null }, now)).toEqual({ state: 'none' })
  expect(writeRestrictionOf({ role: 'member', mutedUntil: now + 1 }, now)).toEqual({ state: 'muted', until: now + 1 })
  expect(writeRestrictionOf({ role: 'member', mutedUntil: now }, now)).toEqual({ state: 'none' })
  expect(writeRestrictionOf({ role: 'banned', mutedUntil: now + 1 }, now)).toEqual({ state: 'banned' })
})

test('the end of a mute is shown as a time, with the day if it is not today', () => {
  expect(formatUntil(Date.parse('2026-11-25T14:05:00'), now, 'en-GB')).toBe('14:05')
  expect(formatUntil(Date.parse('2026-11-26T12:00:00'), now, 'en-GB')).toMatch(/^Thu,? 26 Nov(,| at) 12:00$/)
})

test('muted and banned users are left out of the typing users', () => {
  const member = (user: string, role: Role, mutedUntil: number | null = null) => ({ id: user, user, role, mutedUntil })
  const members = [member('muted', 'member', now + 1), member('banned', 'banned'), member('over', 'member', now - 1)]
  expect(filterUnrestricted(['muted', 'over', 'banned', 'stranger'], members, now)).toEqual(['over', 'stranger'])
})
