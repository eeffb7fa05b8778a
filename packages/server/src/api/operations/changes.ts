import { ChangesReply, FollowRequest, type Limits, SeveralChangesReply } from '@dovetail/protocol'
import { jsonBody, type Operation, type Parameter, type Reply } from '../operation.ts'
import { atLeast, cursorParameter, flagParameter, ifNoneMatch, limitParameter, textParameter } from '../parameters.ts'
import { ofFollowing } from '../refusals.ts'

const tag = 'reading on'
const ways =
  'Answers at once; with `wait`, as soon as there is a change; with `Accept: text/event-stream`, as a stream of Server-Sent Events.'
const streamed = {
  type: 'string',
  description:
    'Events `changes`, `signal`, `presence`, `reset`, `ended`, `expiring` and `goaway`; their data are the frames of /asyncapi.json, their ids cursors.',
}

export function changeOperations(limits: Limits): Operation[] {
  return [ofOneChannel(limits), ...ofSeveral(limits)]
}

function ofOneChannel(limits: Limits): Operation {
  return {
    method: 'GET',
    path: '/v1/channels/{ch}/changes',
    id: 'followChannel',
    tag,
    summary: 'What changed in a channel since a cursor.',
    description: `${ways} A cursor that can't be continued is \`reset\`, with the head to start from.`,
    caller: 'anyone',
    query: [cursorParameter('after', 'From here; absent: from now; `0`: all that is there.'), ...manner(limits)],
    headers: [
      atLeast,
      ifNoneMatch,
      cursorParameter('Last-Event-ID', 'Of a stream that goes on: it wins over `after`.'),
    ],
    replies: {
      200: eitherWay('The changes, and the cursor to read on from.', ChangesReply, ['ETag', 'Dovetail-Cursor']),
      304: { description: 'Nothing is new.', headers: ['ETag', 'Dovetail-Cursor'] },
    },
    refusals: ofFollowing,
  }
}

function ofSeveral(limits: Limits): Operation[] {
  return [
    {
      method: 'GET',
      path: '/v1/changes',
      id: 'followSome',
      tag,
      summary: 'What changed in several channels.',
      description: ways,
      caller: 'anyone',
      query: [someChannels(limits), ...manner(limits)],
      headers: [atLeast, ifNoneMatch],
      replies: {
        200: eitherWay('A reply or a refusal for each channel.', SeveralChangesReply, ['ETag']),
        304: { description: 'Nothing is new.', headers: ['ETag'] },
      },
      refusals: ofFollowing,
    },
    {
      method: 'POST',
      path: '/v1/changes',
      id: 'followMany',
      tag,
      summary: 'What changed in any number of channels.',
      description: ways,
      caller: 'anyone',
      query: manner(limits),
      headers: [atLeast],
      body: jsonBody(FollowRequest),
      replies: { 200: eitherWay('A reply or a refusal for each channel.', SeveralChangesReply) },
      refusals: [...ofFollowing, 'too_many_subscriptions'],
    },
  ]
}

function eitherWay(description: string, schema: object, headers: Reply['headers'] = []): Reply {
  return { description, headers, content: { 'application/json': schema, 'text/event-stream': streamed } }
}

function someChannels(limits: Limits): Parameter {
  return {
    name: 'sub',
    description: 'A channel, `@` and a cursor (nothing: from now). Given once for each channel.',
    schema: { type: 'array', items: { type: 'string' }, minItems: 1, maxItems: limits.pollChannels },
    required: true,
  }
}

function manner(limits: Limits): Parameter[] {
  const longest = limits.waitSecondsMax
  return [
    limitParameter('changes', limits.changes, limits.changesDefault),
    {
      name: 'wait',
      description: `How long to wait for a change, in seconds; empty: ${limits.waitSeconds}.`,
      schema: { type: 'number', minimum: Math.min(1, longest), maximum: longest },
    },
    flagParameter('signals', 'Signals too.'),
    flagParameter('presence', 'On a stream, hear of presence; with `client`, become present.'),
    textParameter('client', 'An id of this reader, for its presence.'),
    textParameter('ticket', 'For a stream where no header can be set: from `POST /v1/tickets`.'),
  ]
}
