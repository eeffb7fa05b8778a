import type { LiveEntry } from 'dovetail-client'
import { expect, test } from 'vitest'
import type { ReactionData } from '../../session/data-types.ts'
import { createTallyConverter } from './tallies.ts'

let made = 0
function reaction(author: string, message: string, emoji: string): LiveEntry<ReactionData> {
  const id = `r${++made}`
  const data = { message, emoji }
  const at = '2026-01-01T00:00:00.000Z'
  const record = { id, pos: made, rev: made, author, createdAt: at, updatedAt: at, data }
  return { status: 'acknowledged', key: id, data, record }
}

test('tallies list the users of each emoji, and the reader’s own reaction', () => {
  const mine = reaction('me', 'm1', '🎉')
  const tallies = createTallyConverter()([reaction('ann', 'm1', '🎉'), mine, reaction('ann', 'm1', '👍')], 'me')
  expect(tallies.get('m1')).toEqual([
    { emoji: '🎉', users: ['ann', 'me'], own: { id: mine.key } },
    { emoji: '👍', users: ['ann'], own: null },
  ])
})

test('[N35] the spellings of one emoji are one tally', () => {
  const heart = reaction('ann', 'm1', '❤')
  const tallies = createTallyConverter()([heart, reaction('me', 'm1', '❤\ufe0f')], 'me')
  expect(tallies.get('m1')).toMatchObject([{ emoji: '❤', users: ['ann', 'me'] }])
})

test('a pending own reaction is tallied at once, and a pending removal no more', () => {
  const tallies = createTallyConverter()
  const data = { message: 'm1', emoji: '👍' }
  const pending: LiveEntry<ReactionData> = {
    status: 'pending',
    key: 'k',
    op: 'create',
    data,
    record: null,
    writtenAt: 1,
  }
  expect(tallies([pending], 'me').get('m1')).toEqual([{ emoji: '👍', users: ['me'], own: 'pending' }])
  const { record } = reaction('me', 'm1', '👍')
  const leaving: LiveEntry<ReactionData> = { status: 'pending', key: 'k', op: 'delete', data, record, writtenAt: 2 }
  expect(tallies([leaving], 'me').get('m1')).toBeUndefined()
})

test('a message whose reactions did not change keeps its list of tallies', () => {
  const tallies = createTallyConverter()
  const under1 = reaction('ann', 'm1', '🎉')
  const before = tallies([under1], 'me').get('m1')
  expect(tallies([under1, reaction('ann', 'm2', '🎉')], 'me').get('m1')).toBe(before)
})
