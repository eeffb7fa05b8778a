/** The resource that follows all channels of a pattern from one cursor: by poll, long-poll or event stream. */
import { PatternReply, PatternRequest } from 'dovetail-protocol'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { pollPattern } from '../../changes/pattern-poll.ts'
import {
  followerOf,
  type PatternReading,
  patternOfBody,
  patternOfQuery,
  readPage,
} from '../../changes/pattern-reading.ts'
import { PatternStream } from '../../changes/pattern-stream.ts'
import { requireAcceptable, requireNoTicket, wantsStream } from '../../changes/reading.ts'
import { openStream, streamHeaders } from '../../changes/sse.ts'
import { jsonBody, type Operation, type Parameter, type Reply, type Resource } from '../../contract/operation.ts'
import { limitParameter, textParameter } from '../../contract/parameters.ts'
import { payerOf } from '../../http/charge.ts'
import type { TransportContext } from '../../transport-context.ts'

const tag = 'reading on'
const about =
  'Only for `service` and `admin` callers. Answers at once; with `wait`, as soon as there is a change; with `Accept: text/event-stream`, as a stream of events `followed`, whose data is such a reply.'
const refusals = [
  'invalid_name',
  'invalid_query',
  'invalid_cursor',
  'not_found',
  'not_acceptable',
  'too_many_subscriptions',
  'store_unavailable',
] as const

export function followResources(context: TransportContext): Resource[] {
  return [{ path: '/v1/follow', operations: { GET: byQuery(context), POST: byBody(context) } }]
}

function byQuery(context: TransportContext): Operation {
  return {
    id: 'followPattern',
    tag,
    summary: 'The changes of all channels of a pattern, from one cursor.',
    description: about,
    caller: 'user',
    query: [
      {
        ...textParameter('pattern', 'The name of a channel, or the beginning of names with a `*` at its end.'),
        required: true,
      },
      textParameter('after', 'The `cursor` of an earlier reply; absent: from now on; `0`: from the beginning.'),
      textParameter('lastEventId', 'As the header `Last-Event-ID`, for clients that can set no header.'),
      ...manner(context),
    ],
    alsoTakes: ['Last-Event-ID'],
    headers: [textParameter('Last-Event-ID', 'The id of the last event that was received; it wins over `after`.')],
    replies: { 200: reply() },
    refusals,
    handle: (request, reply) => follow(context, request, reply, patternOfQuery),
  }
}

function byBody(context: TransportContext): Operation {
  return {
    id: 'followPatternByBody',
    tag,
    summary: 'The same, with a cursor that is too long for a URL.',
    description: about,
    caller: 'user',
    query: manner(context),
    body: jsonBody(PatternRequest, { large: true }),
    replies: { 200: reply() },
    refusals,
    handle: (request, reply) => follow(context, request, reply, patternOfBody),
  }
}

function reply(): Reply {
  return {
    description: 'What is new in the channels, and the cursor to continue from.',
    headers: ['Dovetail-Readers'],
    content: {
      'application/json': PatternReply,
      'text/event-stream': {
        type: 'string',
        description: 'Events `followed`, `expiring` and `goaway`; the id of a `followed` is its cursor.',
      },
    },
  }
}

function manner({ core: { limits } }: TransportContext): Parameter[] {
  const longest = limits.waitSecondsMax
  return [
    limitParameter('changes', limits.changes, limits.changesDefault),
    {
      name: 'wait',
      description: `How long to wait for a change, in seconds; empty: ${limits.waitSeconds} s.`,
      schema: { type: 'number', minimum: Math.min(1, longest), maximum: longest },
    },
    textParameter('ticket', 'A ticket of `POST /v1/tickets`, for a stream whose client can set no header.'),
  ]
}

async function follow(
  context: TransportContext,
  request: FastifyRequest,
  reply: FastifyReply,
  readingOf: (context: TransportContext, request: FastifyRequest) => PatternReading,
): Promise<FastifyReply> {
  requireAcceptable(request)
  const reading = readingOf(context, request)
  const isStream = wantsStream(request)
  if (!isStream) requireNoTicket(request)
  const caller = await (isStream ? context.callers.ofReader(request.raw) : context.callers.of(request.raw))
  if (isStream || reading.waitSeconds !== null) reply.header('dovetail-readers', String(context.readers.about))
  if (!isStream) return pollPattern(context, caller, reading, request, reply)
  const follower = followerOf(context, caller, reading, context.core.limits.frameBytes)
  try {
    // Read before the response begins, so that what is wrong has a status.
    const first = await readPage(context, payerOf(context, caller, request.raw), follower, reading.limit)
    if (request.method === 'HEAD') {
      follower.close()
      return reply.headers(streamHeaders).send()
    }
    const stream = openStream(
      context,
      caller,
      request,
      reply,
      (line) => new PatternStream(line, follower, reading.limit),
    )
    void stream.begin(first)
    return reply
  } catch (error) {
    follower.close()
    throw error
  }
}
