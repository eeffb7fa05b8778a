import { expect, test } from 'vitest'
import { directChannel, findOtherUser } from './direct-channel.ts'

test('two users have one direct channel, and each finds the other in its name', () => {
  const channel = directChannel('bob', 'ann')
  expect(channel).toBe('dm:ann~~bob')
  expect(directChannel('ann', 'bob')).toBe(channel)
  expect(findOtherUser('dm:ann~~bob', 'ann')).toBe('bob')
  expect(findOtherUser('dm:ann~~bob', 'bob')).toBe('ann')
})

test('a direct channel keeps user names with a plus apart from others', () => {
  const channel = directChannel('ann+1', '+bob')
  expect(channel).toBe('dm:~.bob~~ann~.1')
  expect(findOtherUser(channel ?? '', 'ann+1')).toBe('+bob')
})

test('no other user is found in the direct channel of others, or in another name', () => {
  expect(findOtherUser('dm:ann~~bob', 'eve')).toBeNull()
  expect(findOtherUser('dm:something', 'ann')).toBeNull()
})

test('two users whose names are too long together have no direct channel', () => {
  expect(directChannel('a'.repeat(128), 'b'.repeat(128))).toBeNull()
})
