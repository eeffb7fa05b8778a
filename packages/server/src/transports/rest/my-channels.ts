/** The resources of the caller's own channels and their read markers. */
import { MyChannel, MyChannelList, ReadMark } from 'dovetail-protocol'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Compile } from 'typebox/compile'
import { namedChannel } from '../../core/access/address.ts'
import { myChannels } from '../../core/read/my-channels.ts'
import { markRead } from '../../core/write/mark-read.ts'
import { encodeJson } from '../../wire/json-text.ts'
import { json, jsonBody, type Operation, type Resource } from '../contract/operation.ts'
import { afterParameter, limitParameter } from '../contract/parameters.ts'
import { ofChannels } from '../contract/refusals.ts'
import { bodyOf } from '../http/body.ts'
import { requireUser } from '../http/callers.ts'
import { nameParam, wholeParam } from '../http/query.ts'
import { perCaller, sendJson } from '../http/reply.ts'
import { checkedBody } from '../http/shape.ts'
import type { TransportContext } from '../transport-context.ts'

const tag = 'users'
const readMark = Compile(ReadMark)

export function myChannelResources(context: TransportContext): Resource[] {
  return [
    { path: '/v1/me/channels', operations: { GET: listing(context) } },
    { path: '/v1/me/channels/{ch}', operations: { PUT: marking(context) } },
  ]
}

function listing(context: TransportContext): Operation {
  const { limits } = context.core
  return {
    id: 'listMyChannels',
    tag,
    summary:
      'The channels that the caller is a member of or has read, with their unread counts. The channel `me:<user>` says when they change.',
    caller: 'user',
    query: [limitParameter('channels', limits.pageRecords, limits.pageRecordsDefault), afterParameter()],
    replies: { 200: json('The channels; `after` is null on the last page.', MyChannelList) },
    refusals: ['invalid_query', 'store_unavailable'],
    handle: (request, reply) => list(context, request, reply),
  }
}

function marking(context: TransportContext): Operation {
  return {
    id: 'markRead',
    tag,
    summary: "Moves the caller's read marker forwards.",
    caller: 'user',
    body: jsonBody(ReadMark),
    replies: { 200: json('The channel, with the read marker.', MyChannel) },
    refusals: ofChannels,
    handle: (request, reply) => mark(context, request, reply),
  }
}

async function list(context: TransportContext, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { limits } = context.core
  const caller = await requireUser(context.callers, request.raw)
  const limit = wholeParam(request.query, 'limit', 1, limits.pageRecords) ?? limits.pageRecordsDefault
  const after = nameParam(request.query, 'after')
  reply.header('cache-control', perCaller)
  return sendJson(reply, 200, encodeJson(await myChannels(context.core, caller, after, limit)))
}

async function mark(context: TransportContext, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const channel = namedChannel((request.params as { ch: string }).ch)
  const caller = await requireUser(context.callers, request.raw)
  const { read } = checkedBody(readMark, bodyOf(request, context.core.limits.depth))
  return sendJson(reply, 200, encodeJson(await markRead(context.core, caller, channel, read)))
}
