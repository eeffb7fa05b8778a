/** Sign-ins: tickets for those that can set no header, and revoking. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { namedRecord, namedUser } from '../../core/address.ts'
import type { Caller } from '../../core/caller.ts'
import { Failure } from '../../core/failure.ts'
import type { Door } from '../door.ts'
import { sendJson } from './reply.ts'
import { resource } from './resource.ts'
import { requireUser } from './users.ts'

export function registerSessions(app: FastifyInstance, door: Door): void {
  resource(app, '/v1/tickets', {
    POST: async (request, reply) => {
      const caller = await requireUser(door, request)
      reply.header('cache-control', 'no-store')
      return sendJson(reply, 201, JSON.stringify(await door.tickets.issue(caller)))
    },
  })
  resource(app, '/v1/sessions/:session', { DELETE: (request, reply) => revokeSession(door, request, reply) })
  resource(app, '/v1/users/:user/sessions', { DELETE: (request, reply) => revokeUser(door, request, reply) })
}

async function revokeSession(door: Door, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { session } = request.params as { session: string }
  namedRecord(session)
  const caller = await requireUser(door, request)
  if (!isTrusted(caller) && caller.session !== session)
    throw new Failure('forbidden', 'Only your own session is yours to revoke.')
  await door.core.revocations.revoke('session', session)
  return cut(door, reply)
}

async function revokeUser(door: Door, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { user } = request.params as { user: string }
  namedUser(user)
  const caller = await requireUser(door, request)
  if (!isTrusted(caller) && caller.user !== user)
    throw new Failure('forbidden', 'Only your own sessions are yours to revoke.')
  await door.core.revocations.revoke('user', user)
  return cut(door, reply)
}

function isTrusted(caller: Caller): boolean {
  return caller.role === 'admin' || caller.role === 'service'
}

function cut(door: Door, reply: FastifyReply): FastifyReply {
  door.readers.cutRevoked((caller) => door.core.revocations.isRevoked(caller))
  return reply.code(204).send()
}
