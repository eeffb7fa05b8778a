import { expect, test } from 'vitest'
import { findChannelName } from './channel-path.ts'

test('a channel name is found in its path segment, encoded or not; an invalid one is null', () => {
  expect(findChannelName('chat:general')).toBe('chat:general')
  expect(findChannelName('chat%3Ageneral')).toBe('chat:general')
  for (const part of ['%', '%zz', 'chat:a b', 'chat:ü', '%2e%2e']) expect(findChannelName(part)).toBeNull()
})
