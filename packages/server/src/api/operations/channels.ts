import { ChannelDescription, ChannelList, type Limits, PutChannel } from '@dovetail/protocol'
import { json, jsonBody, type Operation } from '../operation.ts'
import { atLeast, limitParameter, textParameter } from '../parameters.ts'
import { ofChannels } from '../refusals.ts'

const tag = 'channels'
const path = '/v1/channels/{ch}'

export function channelOperations(limits: Limits): Operation[] {
  return [listing(limits), ...ofOneChannel]
}

function listing(limits: Limits): Operation {
  return {
    method: 'GET',
    path: '/v1/channels',
    id: 'listChannels',
    tag,
    summary: 'The channels that the caller may read, by name.',
    caller: 'anyone',
    query: [
      textParameter('prefix', 'What their names begin with.', { maxLength: 128 }),
      limitParameter('channels', limits.pageRecords, limits.pageRecordsDefault),
      textParameter('after', 'As an earlier answer gave it.', { maxLength: 128 }),
    ],
    replies: { 200: json('The channels; `after` is null on the last page.', ChannelList) },
    refusals: ['invalid_query', 'store_unavailable'],
  }
}

const ofOneChannel: readonly Operation[] = [
  {
    method: 'GET',
    path,
    id: 'describeChannel',
    tag,
    summary: 'Where a channel stands.',
    description: 'One that nobody wrote to, but the caller could read, has a null `epoch`, `head` 0 and cursor `0`.',
    caller: 'anyone',
    headers: [atLeast],
    replies: { 200: json('The channel.', ChannelDescription) },
    refusals: [...ofChannels, 'invalid_cursor'],
  },
  {
    method: 'PUT',
    path,
    id: 'putChannel',
    tag,
    summary: 'Creates a channel, or keeps the one that is there.',
    description: 'The caller becomes `owner` in `members`. Who may is for the policy of the namespace.',
    caller: 'anyone',
    body: jsonBody(PutChannel, { optional: true }),
    replies: {
      200: json('It was there already, and is as it was.', ChannelDescription),
      201: json('It was created.', ChannelDescription, ['Location']),
    },
    refusals: ofChannels,
  },
  {
    method: 'DELETE',
    path,
    id: 'deleteChannel',
    tag,
    summary: 'Deletes a channel with all its records.',
    description: 'Its readers are told `ended`. A later channel of that name has a new epoch.',
    caller: 'anyone',
    replies: { 204: { description: 'It was deleted.' } },
    refusals: ofChannels,
  },
]
