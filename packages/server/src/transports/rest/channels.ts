/** Channels: listed, described, made, deleted. */
import { PutChannel } from '@dovetail/protocol'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Compile } from 'typebox/compile'
import { deleteChannel, describeChannel, listChannels, openChannel } from '../../core/channels.ts'
import type { Door } from '../door.ts'
import { optionalBodyOf } from './body.ts'
import { requirePosition } from './position.ts'
import { nameParam, wholeParam } from './query.ts'
import { perCaller, sendJson } from './reply.ts'
import { resource } from './resource.ts'
import { checkedBody } from './shape.ts'

const putChannel = Compile(PutChannel)

export function registerChannels(app: FastifyInstance, door: Door): void {
  resource(app, '/v1/channels', { GET: (request, reply) => list(door, request, reply) })
  resource(app, '/v1/channels/:ch', {
    GET: (request, reply) => describe(door, request, reply),
    PUT: (request, reply) => put(door, request, reply),
    DELETE: (request, reply) => remove(door, request, reply),
  })
}

function channelOf(request: FastifyRequest): string {
  return (request.params as { ch: string }).ch
}

async function list(door: Door, request: FastifyRequest, reply: FastifyReply) {
  const caller = await door.callers.of(request.raw)
  if (caller.refusal !== null) throw caller.refusal
  const limit =
    wholeParam(request.query, 'limit', 1, door.core.limits.pageRecords) ?? door.core.limits.pageRecordsDefault
  const prefix = nameParam(request.query, 'prefix')
  const after = nameParam(request.query, 'after')
  const listing = await listChannels(door.core, caller, { prefix, after, limit })
  reply.header('cache-control', perCaller)
  return sendJson(reply, 200, JSON.stringify(listing))
}

async function describe(door: Door, request: FastifyRequest, reply: FastifyReply) {
  requirePosition(request)
  const description = await describeChannel(door.core, await door.callers.of(request.raw), channelOf(request))
  reply.header('cache-control', perCaller)
  return sendJson(reply, 200, JSON.stringify(description))
}

async function put(door: Door, request: FastifyRequest, reply: FastifyReply) {
  const caller = await door.callers.of(request.raw)
  const body = optionalBodyOf(request, door.core.limits.depth)
  const { made, channel } = await openChannel(door.core, caller, channelOf(request), () =>
    checkedBody(putChannel, body),
  )
  if (made) reply.header('location', `/v1/channels/${channel.name}`)
  return sendJson(reply, made ? 201 : 200, JSON.stringify(channel))
}

async function remove(door: Door, request: FastifyRequest, reply: FastifyReply) {
  await deleteChannel(door.core, await door.callers.of(request.raw), channelOf(request))
  return reply.code(204).send()
}
