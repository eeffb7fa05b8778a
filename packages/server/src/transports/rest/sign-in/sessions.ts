/** The resources of sign-ins: tickets, and the revocation of one session or of all sessions of a user. */
import { Ticket } from 'dovetail-protocol'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { namedRecord, namedUser } from '../../../core/access/address.ts'
import { isStaff } from '../../../core/access/caller.ts'
import { Failure } from '../../../core/rules/failure.ts'
import { encodeJson } from '../../../wire/json-text.ts'
import { json, type Operation, type Resource } from '../../contract/operation.ts'
import { requireUser } from '../../http/callers.ts'
import { sendJson } from '../../http/reply.ts'
import type { TransportContext } from '../../transport-context.ts'

const tag = 'users'
const ofRevoking = ['invalid_name', 'store_unavailable'] as const

export function sessionResources(context: TransportContext): Resource[] {
  return [
    { path: '/v1/tickets', operations: { POST: ticketing(context) } },
    { path: '/v1/sessions/{session}', operations: { DELETE: ofOneSession(context) } },
    { path: '/v1/users/{user}/sessions', operations: { DELETE: ofAllSessions(context) } },
  ]
}

function ticketing(context: TransportContext): Operation {
  return {
    id: 'issueTicket',
    tag,
    summary: 'Issues a ticket for one WebSocket or EventSource that can set no header, to be sent as `?ticket=`.',
    caller: 'user',
    replies: { 201: json('The ticket.', Ticket) },
    refusals: [],
    handle: async (request, reply) => {
      const caller = await requireUser(context.callers, request.raw)
      reply.header('cache-control', 'no-store')
      return sendJson(reply, 201, encodeJson(await context.tickets.issue(caller)))
    },
  }
}

function ofOneSession(context: TransportContext): Operation {
  return {
    id: 'revokeSession',
    tag,
    summary: "Ends one sign-in: the caller's own, or any for `admin` and `service` callers.",
    caller: 'user',
    replies: { 204: { description: 'The tokens of the sign-in are no longer accepted.' } },
    refusals: ofRevoking,
    handle: (request, reply) => revokeSession(context, request, reply),
  }
}

function ofAllSessions(context: TransportContext): Operation {
  return {
    id: 'revokeUser',
    tag,
    summary: "Ends all sign-ins of a user: the caller's own, or any user's for `admin` and `service` callers.",
    caller: 'user',
    replies: { 204: { description: 'The tokens of these sign-ins are no longer accepted.' } },
    refusals: ofRevoking,
    handle: (request, reply) => revokeUser(context, request, reply),
  }
}

async function revokeSession(
  context: TransportContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { session } = request.params as { session: string }
  namedRecord(session)
  const caller = await requireUser(context.callers, request.raw)
  if (!isStaff(caller) && caller.session !== session)
    throw new Failure('forbidden', 'Only your own session is yours to revoke.')
  await context.core.revocations.revoke('session', session)
  return cutRevoked(context, reply)
}

async function revokeUser(
  context: TransportContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { user } = request.params as { user: string }
  namedUser(user)
  const caller = await requireUser(context.callers, request.raw)
  if (!isStaff(caller) && caller.user !== user)
    throw new Failure('forbidden', 'Only your own sessions are yours to revoke.')
  await context.core.revocations.revoke('user', user)
  return cutRevoked(context, reply)
}

/** Ends what was opened with a sign-in that is revoked now, and answers. */
export function cutRevoked(context: TransportContext, reply: FastifyReply): FastifyReply {
  context.readers.cutRevoked((caller) => context.core.revocations.isRevoked(caller))
  return reply.code(204).send()
}
