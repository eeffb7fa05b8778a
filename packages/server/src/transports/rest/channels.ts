/** The resources of channels: list, describe, create and delete. */
import { ChannelDescription, ChannelList, namePatterns, PutChannel } from 'dovetail-protocol'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Compile } from 'typebox/compile'
import { describeChannel, listChannels } from '../../core/read/channels.ts'
import { deleteChannel, openChannel } from '../../core/write/channels.ts'
import { encodeJson } from '../../wire/json-text.ts'
import { json, jsonBody, type Operation, type Resource } from '../contract/operation.ts'
import { afterParameter, atLeast, limitParameter, textParameter } from '../contract/parameters.ts'
import { ofChannels } from '../contract/refusals.ts'
import { optionalBodyOf } from '../http/body.ts'
import { payerOf } from '../http/charge.ts'
import { requirePosition } from '../http/position.ts'
import { nameParam, wholeParam } from '../http/query.ts'
import { perCaller, sendJson } from '../http/reply.ts'
import { checkedBody } from '../http/shape.ts'
import type { TransportContext } from '../transport-context.ts'

const tag = 'channels'
const putChannel = Compile(PutChannel)

export function channelResources(context: TransportContext): Resource[] {
  return [
    { path: '/v1/channels', operations: { GET: listing(context) } },
    {
      path: '/v1/channels/{ch}',
      operations: { GET: description(context), PUT: creation(context), DELETE: deletion(context) },
    },
  ]
}

function listing(context: TransportContext): Operation {
  const { limits } = context.core
  return {
    id: 'listChannels',
    tag,
    summary: 'The channels that the caller may read, sorted by name.',
    caller: 'anyone',
    query: [
      textParameter('prefix', 'The beginning of the names.', { pattern: namePatterns.nameBeginning }),
      limitParameter('channels', limits.pageRecords, limits.pageRecordsDefault),
      afterParameter(),
    ],
    replies: { 200: json('The channels; `after` is null on the last page.', ChannelList) },
    refusals: ['invalid_query', 'store_unavailable'],
    handle: (request, reply) => list(context, request, reply),
  }
}

function description(context: TransportContext): Operation {
  return {
    id: 'describeChannel',
    tag,
    summary: 'A channel with its head and cursor.',
    description:
      'A channel that the caller may read but to which nobody has written has a null `epoch`, `head` 0 and the cursor `0`.',
    caller: 'anyone',
    headers: [atLeast],
    replies: { 200: json('The channel.', ChannelDescription) },
    refusals: [...ofChannels, 'invalid_cursor'],
    handle: (request, reply) => describe(context, request, reply),
  }
}

function creation(context: TransportContext): Operation {
  return {
    id: 'putChannel',
    tag,
    summary: 'Creates a channel, unless it exists already.',
    description: 'The caller becomes `owner` in `members`. The policy of the namespace says who may create channels.',
    caller: 'anyone',
    body: jsonBody(PutChannel, { optional: true }),
    replies: {
      200: json('The channel existed already and is unchanged.', ChannelDescription),
      201: json('The channel was created.', ChannelDescription, ['Location']),
    },
    refusals: ofChannels,
    handle: (request, reply) => put(context, request, reply),
  }
}

function deletion(context: TransportContext): Operation {
  return {
    id: 'deleteChannel',
    tag,
    summary: 'Deletes a channel with all its records.',
    description: 'Its readers receive `ended`. A later channel of the same name has a new epoch.',
    caller: 'anyone',
    replies: { 204: { description: 'The channel was deleted.' } },
    refusals: ofChannels,
    handle: (request, reply) => remove(context, request, reply),
  }
}

function channelOf(request: FastifyRequest): string {
  return (request.params as { ch: string }).ch
}

async function list(context: TransportContext, request: FastifyRequest, reply: FastifyReply) {
  const caller = await context.callers.of(request.raw)
  if (caller.refusal !== null) throw caller.refusal
  const limit =
    wholeParam(request.query, 'limit', 1, context.core.limits.pageRecords) ?? context.core.limits.pageRecordsDefault
  const prefix = nameParam(request.query, 'prefix')
  const after = nameParam(request.query, 'after')
  const listing = await listChannels(context.core, caller, { prefix, after, limit })
  context.core.budgets.chargeRecords(payerOf(context, caller, request.raw), listing.channels.length)
  reply.header('cache-control', perCaller)
  return sendJson(reply, 200, encodeJson(listing))
}

async function describe(context: TransportContext, request: FastifyRequest, reply: FastifyReply) {
  requirePosition(request)
  const description = await describeChannel(context.core, await context.callers.of(request.raw), channelOf(request))
  reply.header('cache-control', perCaller)
  return sendJson(reply, 200, encodeJson(description))
}

async function put(context: TransportContext, request: FastifyRequest, reply: FastifyReply) {
  const caller = await context.callers.of(request.raw)
  const body = optionalBodyOf(request, context.core.limits.depth)
  const { made, channel } = await openChannel(
    context.core,
    caller,
    channelOf(request),
    context.addressOf(request.raw),
    () => checkedBody(putChannel, body),
  )
  if (made) reply.header('location', `${context.basePath}/v1/channels/${channel.name}`)
  return sendJson(reply, made ? 201 : 200, encodeJson(channel))
}

async function remove(context: TransportContext, request: FastifyRequest, reply: FastifyReply) {
  await deleteChannel(context.core, await context.callers.of(request.raw), channelOf(request))
  return reply.code(204).send()
}
