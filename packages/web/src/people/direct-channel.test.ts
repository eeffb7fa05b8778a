import { expect, test } from 'vitest'
import { directChannel, otherIn } from './direct-channel.ts'

test('two people have one channel, and each finds the other in it', () => {
  const channel = directChannel('bob', 'ann')
  expect(channel).toBe('dm:ann~~bob')
  expect(directChannel('ann', 'bob')).toBe(channel)
  expect(otherIn('dm:ann~~bob', 'ann')).toBe('bob')
  expect(otherIn('dm:ann~~bob', 'bob')).toBe('ann')
})

test('names with a plus are told apart from others', () => {
  const channel = directChannel('ann+1', '+bob')
  expect(channel).toBe('dm:~.bob~~ann~.1')
  expect(otherIn(channel ?? '', 'ann+1')).toBe('+bob')
})

test('a channel of others, or of another name, tells nothing', () => {
  expect(otherIn('dm:ann~~bob', 'eve')).toBeNull()
  expect(otherIn('dm:something', 'ann')).toBeNull()
})

test('names that are too long together have no channel', () => {
  expect(directChannel('a'.repeat(128), 'b'.repeat(128))).toBeNull()
})
