import { expect, test } from 'vitest'
import { channelIn } from './channel-path.ts'

test('a channel is read from its part of the address, encoded or not; what names none is none', () => {
  expect(channelIn('chat:general')).toBe('chat:general')
  expect(channelIn('chat%3Ageneral')).toBe('chat:general')
  for (const part of ['%', '%zz', 'chat:a b', 'chat:ü', '%2e%2e']) expect(channelIn(part)).toBeNull()
})
