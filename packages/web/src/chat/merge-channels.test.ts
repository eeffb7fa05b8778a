import { expect, test } from 'vitest'
import { mergeChannels } from './merge-channels.ts'

test('the defaults come first, once, and the open channel is among the rest', () => {
  const channels = mergeChannels(['chat:zebra', 'chat:general', 'chat:ants'], 'chat:new')
  expect(channels).toEqual(['chat:general', 'chat:random', 'chat:help', 'chat:ants', 'chat:new', 'chat:zebra'])
})

test('a private channel that is open is none of the public ones', () => {
  expect(mergeChannels([], 'team:plans')).toEqual(['chat:general', 'chat:random', 'chat:help'])
})
