/** Who is here, and the leases of readers that have no socket. */
import { PresenceRenewal } from '@dovetail/protocol'
import type { FastifyInstance } from 'fastify'
import { Compile } from 'typebox/compile'
import { endPresence, renewPresence, whoIsPresent } from '../../core/present.ts'
import type { Door } from '../door.ts'
import { bodyOf } from './body.ts'
import { nameParam, textParam, wholeParam } from './query.ts'
import { perCaller, sendJson } from './reply.ts'
import { resource } from './resource.ts'
import { checkedBody } from './shape.ts'

const renewal = Compile(PresenceRenewal)

export function registerPresence(app: FastifyInstance, door: Door): void {
  resource(app, '/v1/channels/:ch/presence', {
    GET: async (request, reply) => {
      const { ch } = request.params as { ch: string }
      const caller = await door.callers.of(request.raw)
      const limit = wholeParam(request.query, 'limit', 1, door.core.limits.pageRecords) ?? door.core.limits.pageRecords
      const { users, next } = await whoIsPresent(door.core, caller, ch, nameParam(request.query, 'after'), limit)
      const shown = users.map(({ user, since, connections, state }) => {
        const stated = state === null ? '' : `,"state":${state}`
        return `{"user":"${user}","since":"${new Date(since).toISOString()}","connections":${connections}${stated}}`
      })
      reply.header('cache-control', perCaller)
      return sendJson(reply, 200, `{"users":[${shown.join(',')}],"next":${JSON.stringify(next)}}`)
    },
    POST: async (request, reply) => {
      const { ch } = request.params as { ch: string }
      const caller = await door.callers.of(request.raw)
      const body = bodyOf(request, door.core.limits.depth, 1)
      await renewPresence(door.core, caller, ch, () => checkedBody(renewal, body))
      return reply.code(204).send()
    },
    DELETE: async (request, reply) => {
      const { ch } = request.params as { ch: string }
      const caller = await door.callers.of(request.raw)
      await endPresence(door.core, caller, ch, textParam(request.query, 'client') ?? '')
      return reply.code(204).send()
    },
  })
}
