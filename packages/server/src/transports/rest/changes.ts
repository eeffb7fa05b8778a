/** The resources for following one channel or several over HTTP: by plain poll, long-poll or event stream. */
import { ChangesReply, FollowRequest, type Limits, leastFrameClass, SeveralChangesReply } from 'dovetail-protocol'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Caller } from '../../core/access/caller.ts'
import { readable } from '../../core/access/readable.ts'
import { requirePresence } from '../../core/presence/presence-verbs.ts'
import { longPoll } from '../changes/long-poll.ts'
import { poll } from '../changes/poll.ts'
import {
  type Reading,
  readingOfBody,
  readingOfOne,
  readingOfSeveral,
  requireAcceptable,
  requireNoTicket,
  wantsStream,
} from '../changes/reading.ts'
import { stream } from '../changes/sse.ts'
import { jsonBody, type Operation, type Parameter, type Reply, type Resource } from '../contract/operation.ts'
import {
  atLeast,
  clientParameter,
  cursorParameter,
  flagParameter,
  ifNoneMatch,
  limitParameter,
  textParameter,
} from '../contract/parameters.ts'
import { ofFollowing } from '../contract/refusals.ts'
import { requirePosition } from '../http/position.ts'
import type { TransportContext } from '../transport-context.ts'

const tag = 'reading on'
const ways =
  'Answers at once; with `wait`, as soon as there is a change; with `Accept: text/event-stream`, as a stream of Server-Sent Events.'
const streamed = {
  type: 'string',
  description:
    'Events `changes`, `signal`, `presence`, `reset`, `ended`, `expiring` and `goaway`. Their data is a frame of /asyncapi.json, their id is a cursor.',
}

/** Sent with streams and long-polls. */
const readers = 'Dovetail-Readers'
/** Neither a stream nor a long-poll has them. */
const ofPolls = ['ETag'] as const

/** Of several channels they are refused with a reason of their own, unless they are empty. */
const lastEventIds = ['lastEventId', 'Last-Event-ID']

/** As the document shows it. The server counts the channels in a step of its own. */
const describedRequest = {
  ...FollowRequest,
  properties: { subs: { ...FollowRequest.properties.subs, minProperties: 1 } },
}

export function changeResources(context: TransportContext): Resource[] {
  return [
    { path: '/v1/channels/{ch}/changes', operations: { GET: ofOneChannel(context) } },
    {
      path: '/v1/changes',
      operations: { GET: ofSome(context), POST: ofMany(context) },
      schemas: { FollowRequest: describedRequest },
    },
  ]
}

function ofOneChannel(context: TransportContext): Operation {
  return {
    id: 'followChannel',
    tag,
    summary: 'The changes of a channel after a cursor.',
    description: `${ways} A cursor that can not be continued gives \`reset\`, with the cursor of the head.`,
    caller: 'anyone',
    query: [
      cursorParameter('after', 'The cursor to continue from; absent: from now on; `0`: from the beginning.'),
      cursorParameter(
        'lastEventId',
        'As the header `Last-Event-ID`, for clients that can set no header; also accepted as the parameter `Last-Event-ID`.',
      ),
      ...manner(context.core.limits),
    ],
    alsoTakes: ['Last-Event-ID'],
    headers: [
      atLeast,
      ifNoneMatch,
      cursorParameter('Last-Event-ID', 'The id of the last event that the client received; it wins over `after`.'),
    ],
    replies: {
      200: {
        ...eitherWay('The changes, and the cursor to read on from.', ChangesReply, [readers]),
        sometimes: [...ofPolls, 'Dovetail-Cursor'],
      },
      304: { description: 'There is no new change.', headers: ['ETag', 'Dovetail-Cursor', readers] },
    },
    refusals: ofFollowing,
    handle: (request, reply) => follow(context, request, reply, readingOfOne),
  }
}

function ofSome(context: TransportContext): Operation {
  return {
    id: 'followSome',
    tag,
    summary: 'The changes of several channels.',
    description: ways,
    caller: 'anyone',
    query: [someChannels(context.core.limits), ...manner(context.core.limits)],
    alsoTakes: lastEventIds,
    headers: [atLeast, ifNoneMatch],
    replies: {
      200: {
        ...eitherWay('A reply or a refusal for each channel.', SeveralChangesReply, [readers]),
        sometimes: ofPolls,
      },
      304: { description: 'There is no new change.', headers: ['ETag', readers] },
    },
    refusals: ofFollowing,
    handle: (request, reply) => follow(context, request, reply, readingOfSeveral),
  }
}

function ofMany(context: TransportContext): Operation {
  return {
    id: 'followMany',
    tag,
    summary: 'The changes of any number of channels.',
    description: ways,
    caller: 'anyone',
    query: manner(context.core.limits),
    alsoTakes: lastEventIds,
    headers: [atLeast],
    body: jsonBody(describedRequest, { large: true }),
    replies: { 200: eitherWay('A reply or a refusal for each channel.', SeveralChangesReply, [readers]) },
    refusals: [...ofFollowing, 'too_many_subscriptions'],
    handle: (request, reply) => follow(context, request, reply, readingOfBody),
  }
}

function eitherWay(description: string, schema: object, headers: Reply['headers'] = []): Reply {
  return { description, headers, content: { 'application/json': schema, 'text/event-stream': streamed } }
}

function someChannels(limits: Limits): Parameter {
  return {
    name: 'sub',
    description: 'The name of a channel, `@` and a cursor; without a cursor: from now on. Repeated for each channel.',
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
      description: `How long to wait for a change, in seconds; empty: ${limits.waitSeconds} s.`,
      schema: { type: 'number', minimum: Math.min(1, longest), maximum: longest },
    },
    flagParameter('signals', 'Whether to send signals too.'),
    flagParameter(
      'presence',
      'Whether a stream has `presence` events; with `client`, whether the caller becomes present.',
    ),
    flagParameter('traces', 'Whether a change that is traced comes with `trace`, on a stream or a long-poll.'),
    flagParameter('appends', 'Whether a stream may bring what was appended to a record in place of the whole record.'),
    {
      name: 'maxBytes',
      description:
        'Of a stream: the most bytes of an event that the client reads, rounded down to 32, 64 or 256 KiB or 1 MiB.',
      schema: { type: 'integer', format: 'int32', minimum: leastFrameClass },
    },
    clientParameter('The id of this reader, for its presence.'),
    textParameter('ticket', 'A ticket of `POST /v1/tickets`, for a stream whose client can set no header.'),
  ]
}

type ReadingOf = (context: TransportContext, request: FastifyRequest) => Reading

async function follow(
  context: TransportContext,
  request: FastifyRequest,
  reply: FastifyReply,
  readingOf: ReadingOf,
): Promise<FastifyReply> {
  requireAcceptable(request)
  requirePosition(request)
  const reading = readingOf(context, request)
  const isStream = wantsStream(request)
  if (!isStream) requireNoTicket(request)
  const caller = await (isStream ? context.callers.ofReader(request.raw) : context.callers.of(request.raw))
  // A bad token affects all channels: it is refused once, with a status at which clients get a new token.
  if (!reading.isSingle && caller.refusal !== null) throw caller.refusal
  await requirePresenceOf(context, caller, reading)
  // Plain polls have no need of it: they do not all wait for an answer when the node ends.
  if (isStream || reading.waitSeconds !== null) reply.header('dovetail-readers', String(context.readers.about))
  if (isStream) return stream(context, caller, reading, request, reply)
  return reading.waitSeconds === null
    ? poll(context, caller, reading, request, reply)
    : longPoll(context, caller, reading, request, reply)
}

/** Refuses presence for a single channel without presence; with several channels, those without it send none. */
async function requirePresenceOf({ core }: TransportContext, caller: Caller, reading: Reading): Promise<void> {
  const [only] = reading.subs
  if (!reading.isSingle || !reading.presence || only === undefined) return
  await readable(core, caller, only.channel)
  requirePresence(core, only.channel)
}
