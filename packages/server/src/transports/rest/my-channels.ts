/** `GET /v1/me/channels` and the read markers. */
import { ReadMark } from '@dovetail/protocol'
import type { FastifyInstance } from 'fastify'
import { Compile } from 'typebox/compile'
import { namedChannel } from '../../core/address.ts'
import { markRead, myChannels } from '../../core/my-channels.ts'
import type { Door } from '../door.ts'
import { bodyOf } from './body.ts'
import { nameParam, wholeParam } from './query.ts'
import { perCaller, sendJson } from './reply.ts'
import { resource } from './resource.ts'
import { checkedBody } from './shape.ts'
import { requireUser } from './users.ts'

const marker = Compile(ReadMark)

export function registerMyChannels(app: FastifyInstance, door: Door): void {
  resource(app, '/v1/me/channels', {
    GET: async (request, reply) => {
      const caller = await requireUser(door, request)
      const limit =
        wholeParam(request.query, 'limit', 1, door.core.limits.pageRecords) ?? door.core.limits.pageRecordsDefault
      reply.header('cache-control', perCaller)
      return sendJson(
        reply,
        200,
        JSON.stringify(await myChannels(door.core, caller, nameParam(request.query, 'after'), limit)),
      )
    },
  })
  resource(app, '/v1/me/channels/:ch', {
    PUT: async (request, reply) => {
      const channel = namedChannel((request.params as { ch: string }).ch)
      const caller = await requireUser(door, request)
      const { read } = checkedBody(marker, bodyOf(request, door.core.limits.depth))
      return sendJson(reply, 200, JSON.stringify(await markRead(door.core, caller, channel, read)))
    },
  })
}
