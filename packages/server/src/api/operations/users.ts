import {
  Guest,
  GuestRequest,
  type Limits,
  Me,
  MyChannel,
  MyChannelList,
  Profile,
  ProfilePatch,
  ReadMark,
  Ticket,
} from '@dovetail/protocol'
import { json, jsonBody, type Operation } from '../operation.ts'
import { limitParameter, textParameter } from '../parameters.ts'
import { ofChannels } from '../refusals.ts'

const tag = 'users'

export function userOperations(limits: Limits): Operation[] {
  return [...profileOperations, ...ownChannels(limits), ...signIns]
}

const profileOperations: readonly Operation[] = [
  {
    method: 'GET',
    path: '/v1/me',
    id: 'readMe',
    tag,
    summary: "The caller's own profile and rights.",
    caller: 'user',
    replies: { 200: json('The profile.', Me) },
    refusals: ['store_unavailable'],
  },
  {
    method: 'PATCH',
    path: '/v1/me',
    id: 'patchMe',
    tag,
    summary: "Changes the caller's own profile by a JSON merge patch.",
    caller: 'user',
    body: jsonBody(ProfilePatch, { patch: true }),
    replies: { 200: json('The profile.', Me) },
    refusals: ['invalid_text', 'store_unavailable'],
  },
  {
    method: 'GET',
    path: '/v1/users/{user}',
    id: 'readProfile',
    tag,
    summary: 'What others may know of a user.',
    caller: 'anyone',
    replies: { 200: json('The profile.', Profile) },
    refusals: ['invalid_name', 'not_found', 'store_unavailable'],
  },
]

function ownChannels(limits: Limits): Operation[] {
  return [
    {
      method: 'GET',
      path: '/v1/me/channels',
      id: 'listMyChannels',
      tag,
      summary: 'The channels that the caller is a member of or has read, with what is new there.',
      caller: 'user',
      query: [
        limitParameter('channels', limits.pageRecords, limits.pageRecordsDefault),
        textParameter('after', 'As an earlier answer gave it.'),
      ],
      replies: { 200: json('The channels; `after` is null on the last page.', MyChannelList) },
      refusals: ['invalid_query', 'store_unavailable'],
    },
    {
      method: 'PUT',
      path: '/v1/me/channels/{ch}',
      id: 'markRead',
      tag,
      summary: "Moves the caller's read marker, never backwards.",
      caller: 'user',
      body: jsonBody(ReadMark),
      replies: { 200: json('The channel, with the marker.', MyChannel) },
      refusals: ofChannels,
    },
  ]
}

const signIns: readonly Operation[] = [
  {
    method: 'POST',
    path: '/v1/guests',
    id: 'admitGuest',
    tag,
    summary: 'A token for somebody without a sign-in.',
    description: "With the guest's own token, even one that expired up to 30 days ago: a fresh one for the same user.",
    caller: 'anyone',
    body: jsonBody(GuestRequest, { optional: true }),
    replies: { 201: json('The guest.', Guest) },
    refusals: ['invalid_text', 'not_found', 'store_unavailable'],
  },
  {
    method: 'POST',
    path: '/v1/tickets',
    id: 'issueTicket',
    tag,
    summary: 'A single-use ticket for a WebSocket or an EventSource where no header can be set: `?ticket=`.',
    caller: 'user',
    replies: { 201: json('The ticket.', Ticket) },
    refusals: [],
  },
  {
    method: 'DELETE',
    path: '/v1/sessions/{session}',
    id: 'revokeSession',
    tag,
    summary: "Ends one sign-in: one's own, or any for `admin` and `service`.",
    caller: 'user',
    replies: { 204: { description: 'Its tokens count no more.' } },
    refusals: ['invalid_name', 'store_unavailable'],
  },
  {
    method: 'DELETE',
    path: '/v1/users/{user}/sessions',
    id: 'revokeUser',
    tag,
    summary: "Ends all sign-ins of a user: one's own, or any for `admin` and `service`.",
    caller: 'user',
    replies: { 204: { description: 'Their tokens count no more.' } },
    refusals: ['invalid_name', 'store_unavailable'],
  },
]
