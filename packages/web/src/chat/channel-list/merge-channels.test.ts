import { expect, test } from 'vitest'
import { mergeChannels } from './merge-channels.ts'

test('the channel list begins with the defaults, once each, and includes the open channel', () => {
  const channels = mergeChannels(['chat:zebra', 'chat:general', 'chat:ants'], 'chat:new')
  expect(channels).toEqual(['chat:general', 'chat:random', 'chat:help', 'chat:ants', 'chat:new', 'chat:zebra'])
})

test('an open private channel is not listed among the public ones', () => {
  expect(mergeChannels([], 'team:plans')).toEqual(['chat:general', 'chat:random', 'chat:help'])
})
