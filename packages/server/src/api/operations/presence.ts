import { type Limits, PresencePage, PresenceRenewal, SignalRequest } from '@dovetail/protocol'
import { json, jsonBody, type Operation } from '../operation.ts'
import { limitParameter, textParameter } from '../parameters.ts'
import { ofChannels } from '../refusals.ts'

const tag = 'presence and signals'
const path = '/v1/channels/{ch}/presence'

export function presenceOperations(limits: Limits): Operation[] {
  return [
    {
      method: 'GET',
      path,
      id: 'whoIsPresent',
      tag,
      summary: 'Who is in a channel now.',
      caller: 'anyone',
      query: [
        limitParameter('users', limits.pageRecords, limits.pageRecords),
        textParameter('after', 'As `next` of an earlier answer gave it.'),
      ],
      replies: { 200: json('Users, once each, however many connections they have.', PresencePage) },
      refusals: [...ofChannels, 'invalid_query'],
    },
    {
      method: 'POST',
      path,
      id: 'renewPresence',
      tag,
      summary: 'Makes or keeps the caller present, without a socket.',
      description: `It lasts ${limits.presenceSeconds} s.`,
      caller: 'user',
      body: jsonBody(PresenceRenewal),
      replies: { 204: { description: 'The caller is present.' } },
      refusals: [...ofChannels, 'invalid_query', 'invalid_text'],
    },
    {
      method: 'DELETE',
      path,
      id: 'endPresence',
      tag,
      summary: 'Ends the presence of a reader without a socket, at once.',
      caller: 'user',
      query: [textParameter('client', 'The id that it is present under.')],
      replies: { 204: { description: 'This reader does not make the caller present any more.' } },
      refusals: [...ofChannels, 'invalid_query'],
    },
    ...signalOperations(),
  ]
}

function signalOperations(): Operation[] {
  return [
    {
      method: 'POST',
      path: '/v1/channels/{ch}/signals',
      id: 'sendSignal',
      tag,
      summary: 'Tells whoever listens now; nothing is stored.',
      caller: 'anyone',
      body: jsonBody(SignalRequest),
      replies: { 202: json('It was sent.', { type: 'object', properties: {} }) },
      refusals: [...ofChannels, 'invalid_text'],
    },
  ]
}
