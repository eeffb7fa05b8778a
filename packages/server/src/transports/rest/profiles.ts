/** The resources of profiles: the caller's own, and the public profile of any user. */
import { Me, Profile, ProfileList, ProfilePatch, ProfilePut, ProfilesPut } from 'dovetail-protocol'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Compile } from 'typebox/compile'
import { namedUser } from '../../core/access/address.ts'
import {
  changeProfile,
  profileOf,
  publicProfile,
  publicProfiles,
  requireProfileKeeper,
  setProfiles,
} from '../../core/read/profile.ts'
import { Failure } from '../../core/rules/failure.ts'
import { encodeJson } from '../../wire/json-text.ts'
import { json, jsonBody, type Operation, type Resource } from '../contract/operation.ts'
import { bodyOf } from '../http/body.ts'
import { requireUser } from '../http/callers.ts'
import { textParam } from '../http/query.ts'
import { perCaller, sendJson } from '../http/reply.ts'
import { checkedBody } from '../http/shape.ts'
import type { TransportContext } from '../transport-context.ts'

const tag = 'users'
const profilePatch = Compile(ProfilePatch)
const profilePut = Compile(ProfilePut)
const profilesPut = Compile(ProfilesPut)

/** The most users of one request. */
const usersAtOnce = 100
/** The levels around a profile in a body of many. */
const wrapping = 2

export function profileResources(context: TransportContext): Resource[] {
  return [
    { path: '/v1/me', operations: { GET: ownProfile(context), PATCH: ownPatch(context) } },
    { path: '/v1/users/{user}', operations: { GET: othersProfile(context), PUT: replacement(context) } },
    { path: '/v1/users', operations: { GET: othersProfiles(context), PUT: replacements(context) } },
  ]
}

function ownProfile(context: TransportContext): Operation {
  return {
    id: 'readMe',
    tag,
    summary: "The caller's own profile and rights.",
    caller: 'user',
    replies: { 200: json('The profile.', Me) },
    refusals: ['store_unavailable'],
    handle: async (request, reply) => {
      reply.header('cache-control', perCaller)
      const caller = await requireUser(context.callers, request.raw)
      return sendJson(reply, 200, encodeJson(await profileOf(context.core, caller)))
    },
  }
}

function ownPatch(context: TransportContext): Operation {
  return {
    id: 'patchMe',
    tag,
    summary: "Changes the caller's own profile by a JSON merge patch.",
    caller: 'user',
    body: jsonBody(ProfilePatch, { patch: true }),
    replies: { 200: json('The profile.', Me) },
    refusals: ['invalid_text', 'store_unavailable'],
    handle: async (request, reply) => {
      const caller = await requireUser(context.callers, request.raw)
      const patch = checkedBody(profilePatch, bodyOf(request, context.core.limits.depth))
      return sendJson(reply, 200, encodeJson(await changeProfile(context.core, caller, patch)))
    },
  }
}

function othersProfile(context: TransportContext): Operation {
  return {
    id: 'readProfile',
    tag,
    summary: 'The public profile of a user.',
    caller: 'anyone',
    replies: { 200: json('The profile.', Profile) },
    refusals: ['invalid_name', 'not_found', 'store_unavailable'],
    handle: (request, reply) => readProfile(context, request, reply),
  }
}

async function readProfile(
  context: TransportContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { user } = request.params as { user: string }
  namedUser(user)
  reply.header('cache-control', perCaller)
  const caller = await context.callers.of(request.raw)
  if (caller.refusal !== null) throw caller.refusal
  return sendJson(reply, 200, encodeJson(await publicProfile(context.core, user)))
}

function othersProfiles(context: TransportContext): Operation {
  return {
    id: 'readProfiles',
    tag,
    summary: 'The public profiles of many users; who has none is left out.',
    caller: 'anyone',
    query: [
      {
        name: 'ids',
        description: `The names of 1 to ${usersAtOnce} users, with commas between.`,
        schema: { type: 'string', pattern: '^[A-Za-z0-9_.:@+,-]+$' },
        required: true,
      },
    ],
    replies: { 200: json('The profiles.', ProfileList) },
    refusals: ['invalid_name', 'invalid_query', 'store_unavailable'],
    handle: async (request, reply) => {
      const users = (textParam(request.query, 'ids') ?? '').split(',')
      if (users.length > usersAtOnce || users[0] === '')
        throw new Failure('invalid_query', `"ids" names 1 to ${usersAtOnce} users, with commas between.`)
      for (const user of users) namedUser(user)
      reply.header('cache-control', perCaller)
      const caller = await context.callers.of(request.raw)
      if (caller.refusal !== null) throw caller.refusal
      return sendJson(reply, 200, encodeJson({ users: await publicProfiles(context.core, users) }))
    },
  }
}

function replacement(context: TransportContext): Operation {
  return {
    id: 'putProfile',
    tag,
    summary: 'Sets the profile of a user, as a service or an admin.',
    caller: 'user',
    body: jsonBody(ProfilePut),
    replies: { 200: json('The profile.', Profile) },
    refusals: ['invalid_name', 'forbidden', 'invalid_text', 'store_unavailable'],
    handle: async (request, reply) => {
      const { user } = request.params as { user: string }
      const body = bodyOf(request, context.core.limits.depth)
      namedUser(user)
      requireProfileKeeper(await context.callers.of(request.raw))
      const [profile] = await setProfiles(context.core, [{ user, ...checkedBody(profilePut, body) }])
      return sendJson(reply, 200, encodeJson(profile))
    },
  }
}

function replacements(context: TransportContext): Operation {
  return {
    id: 'putProfiles',
    tag,
    summary: 'Sets the profiles of many users, as a service or an admin.',
    caller: 'user',
    body: jsonBody(ProfilesPut, { large: true }),
    replies: { 200: json('The profiles.', ProfileList) },
    refusals: ['invalid_name', 'forbidden', 'invalid_text', 'too_large', 'store_unavailable'],
    handle: async (request, reply) => {
      const body = bodyOf(request, context.core.limits.depth, wrapping)
      requireProfileKeeper(await context.callers.of(request.raw))
      const { users } = checkedBody(profilesPut, body)
      if (users.length > usersAtOnce) throw new Failure('too_large', `At most ${usersAtOnce} profiles are set at once.`)
      for (const { user } of users) namedUser(user)
      return sendJson(reply, 200, encodeJson({ users: await setProfiles(context.core, users) }))
    },
  }
}
