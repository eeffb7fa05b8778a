/** Guests, one's own profile, and what others may know of a user. */
import { GuestRequest, ProfilePatch } from '@dovetail/protocol'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Compile } from 'typebox/compile'
import { admitGuest } from '../../auth/guests.ts'
import { namedUser } from '../../core/address.ts'
import { needsToken } from '../../core/authorize.ts'
import type { Caller } from '../../core/caller.ts'
import { Failure } from '../../core/failure.ts'
import { changeProfile, profileOf, publicProfile } from '../../core/profile.ts'
import { addressOf } from '../address-of.ts'
import { bearerToken } from '../callers.ts'
import type { Door } from '../door.ts'
import { bodyOf, optionalBodyOf } from './body.ts'
import { perCaller, sendJson } from './reply.ts'
import { resource } from './resource.ts'
import { checkedBody } from './shape.ts'

const guestRequest = Compile(GuestRequest)
const profilePatch = Compile(ProfilePatch)

export function registerUsers(app: FastifyInstance, door: Door): void {
  resource(app, '/v1/guests', {
    POST: async (request, reply) => {
      if (!door.core.policies.guests) throw new Failure('not_found', 'This server admits no guests.')
      const { name } = checkedBody(guestRequest, optionalBodyOf(request, door.core.limits.depth))
      const header = request.headers.authorization
      const token = header === undefined ? null : bearerToken(header)
      if (header !== undefined && token === null)
        throw new Failure('unauthenticated', 'The Authorization header is not "Bearer" and a token.')
      const waitSeconds = token === null ? await door.core.admissions.take(addressOf(request.raw, door.trustProxy)) : 0
      if (waitSeconds > 0) {
        throw new Failure('rate_limited', 'Too many new guests from this address.', {
          retryAfter: Math.ceil(waitSeconds),
        })
      }
      reply.header('cache-control', 'no-store')
      return sendJson(reply, 201, JSON.stringify(await admitGuest(door.guests, name, token)))
    },
  })
  resource(app, '/v1/me', {
    GET: async (request, reply) => {
      reply.header('cache-control', perCaller)
      return sendJson(reply, 200, JSON.stringify(await profileOf(door.core, await requireUser(door, request))))
    },
    PATCH: async (request, reply) => {
      const caller = await requireUser(door, request)
      const patch = checkedBody(profilePatch, bodyOf(request, door.core.limits.depth))
      return sendJson(reply, 200, JSON.stringify(await changeProfile(door.core, caller, patch)))
    },
  })
  resource(app, '/v1/users/:user', {
    GET: async (request, reply) => {
      const { user } = request.params as { user: string }
      namedUser(user)
      const caller = await door.callers.of(request.raw)
      if (caller.refusal !== null) throw caller.refusal
      return sendJson(reply, 200, JSON.stringify(await publicProfile(door.core, user)))
    },
  })
}

/** A caller with a name, or `unauthenticated`. */
export async function requireUser(door: Door, request: FastifyRequest): Promise<Caller> {
  const caller = await door.callers.of(request.raw)
  if (caller.refusal !== null) throw caller.refusal
  if (caller.user === null) throw needsToken()
  return caller
}
