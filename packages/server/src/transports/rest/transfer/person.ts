/** The resources of everything that is kept of one person: what it is, and its erasure, in steps. */
import { ErasureReply, OwnedFiles, PersonData, ProfilePut, StepRequest, UserAccount } from 'dovetail-protocol'
import type { FastifyReply, FastifyRequest } from 'fastify'
import Type from 'typebox'
import { Compile } from 'typebox/compile'
import { erasePerson, personAccount, personData, personFiles, restoreAccount } from '../../../core/person/person.ts'
import { encodeJson } from '../../../wire/json-text.ts'
import { encodeAccount, encodePersonData } from '../../../wire/transfer.ts'
import { json, jsonBody, type Operation, type Resource } from '../../contract/operation.ts'
import { textParameter } from '../../contract/parameters.ts'
import { bodyOf, optionalBodyOf } from '../../http/body.ts'
import { textParam } from '../../http/query.ts'
import { sendJson } from '../../http/reply.ts'
import { checkedBody } from '../../http/shape.ts'
import type { TransportContext } from '../../transport-context.ts'
import { signedReading } from '../files/file-addresses.ts'

const tag = 'users'
const erasureRequest = Compile(StepRequest)
const userAccount = Compile(UserAccount)
/** What is put back has the bounds of any profile: others are shown its name and picture. */
const restorable = Compile(Type.Object({ profile: Type.Optional(Type.Object(ProfilePut.properties)) }))

export function personResources(context: TransportContext): Resource[] {
  return [
    { path: '/v1/users/{user}/data', operations: { GET: reading(context) } },
    { path: '/v1/users/{user}/files', operations: { GET: filesReading(context) } },
    { path: '/v1/users/{user}/erasure', operations: { POST: erasure(context) } },
    { path: '/v1/users/{user}/account', operations: { GET: accountReading(context), PUT: accountRestoring(context) } },
  ]
}

function reading(context: TransportContext): Operation {
  return {
    id: 'readPersonData',
    tag,
    summary: 'All that is kept of a user, step by step; only for `admin` and `service` callers.',
    caller: 'user',
    query: [textParameter('after', 'The `after` of the previous reply.')],
    replies: { 200: json('Profile, channels and records; `after` is null on the last step.', PersonData) },
    refusals: ['invalid_name', 'invalid_query', 'store_unavailable'],
    handle: (request, reply) => readData(context, request, reply),
  }
}

function filesReading(context: TransportContext): Operation {
  return {
    id: 'readPersonFiles',
    tag,
    summary: 'The files that a user uploaded; only for `admin` and `service` callers.',
    caller: 'user',
    query: [textParameter('after', 'The `after` of the previous reply.')],
    replies: { 200: json('Files, each with an address; `after` is null on the last page.', OwnedFiles) },
    refusals: ['invalid_name', 'invalid_query', 'store_unavailable'],
    handle: (request, reply) => readFiles(context, request, reply),
  }
}

function erasure(context: TransportContext): Operation {
  return {
    id: 'erasePerson',
    tag,
    summary: 'Erases a user, step by step; only for `admin` and `service` callers.',
    description:
      'Ends all sign-ins, deletes profile, read markers, memberships and records; tombstones no longer name the user.',
    caller: 'user',
    body: jsonBody(StepRequest, { optional: true }),
    replies: { 200: json('What this step did; the erasure is complete when `after` is null.', ErasureReply) },
    refusals: ['invalid_name', 'invalid_query', 'store_unavailable'],
    handle: (request, reply) => erase(context, request, reply),
  }
}

function accountReading(context: TransportContext): Operation {
  return {
    id: 'readAccount',
    tag,
    summary: 'The profile and the read markers of a user; only for `admin` and `service` callers.',
    caller: 'user',
    replies: { 200: json('The profile, where there is one, and the channels.', UserAccount) },
    refusals: ['invalid_name', 'store_unavailable'],
    handle: async (request, reply) => {
      const { user } = request.params as { user: string }
      const caller = await context.callers.of(request.raw)
      reply.header('cache-control', 'no-store')
      return sendJson(reply, 200, encodeAccount(await personAccount(context.core, caller, user)))
    },
  }
}

function accountRestoring(context: TransportContext): Operation {
  return {
    id: 'restoreAccount',
    tag,
    summary: 'Puts back what an export kept of a user; only for `admin` and `service` callers.',
    description: 'A profile that is there stays as it is; read markers only move forwards.',
    caller: 'user',
    body: jsonBody(UserAccount, { large: true }),
    replies: { 200: json('The profile and the channels as they are now.', UserAccount) },
    refusals: ['invalid_name', 'invalid_text', 'store_unavailable'],
    handle: (request, reply) => putAccount(context, request, reply),
  }
}

async function putAccount(
  context: TransportContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { user } = request.params as { user: string }
  const body = bodyOf(request, context.core.limits.depth)
  const { profile, channels } = checkedBody(userAccount, body)
  checkedBody(restorable, body)
  const caller = await context.callers.of(request.raw)
  const stored =
    profile === undefined ? null : { ...profile, avatar: profile.avatar ?? null, about: profile.about ?? null }
  const account = await restoreAccount(context.core, caller, user, { profile: stored, channels })
  return sendJson(reply, 200, encodeAccount(account))
}

async function readData(
  context: TransportContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { user } = request.params as { user: string }
  const caller = await context.callers.of(request.raw)
  const data = await personData(context.core, caller, user, textParam(request.query, 'after') ?? null)
  reply.header('cache-control', 'no-store')
  return sendJson(reply, 200, encodePersonData(user, data))
}

async function readFiles(
  context: TransportContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { user } = request.params as { user: string }
  const caller = await context.callers.of(request.raw)
  const { files, after } = await personFiles(context.core, caller, user, textParam(request.query, 'after') ?? null)
  const owned = await Promise.all(
    files.map(async ({ createdAt, isReferred, ...file }) => ({
      ...{ id: file.id, channel: file.channel, name: file.name, type: file.type, size: file.size },
      createdAt: new Date(createdAt).toISOString(),
      referred: isReferred,
      ...(file.state === 'stored' ? await signedReading(context, file) : {}),
    })),
  )
  reply.header('cache-control', 'no-store')
  return sendJson(reply, 200, encodeJson<OwnedFiles>({ user, files: owned, after }))
}

async function erase(context: TransportContext, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { user } = request.params as { user: string }
  const caller = await context.callers.of(request.raw)
  const { after = null } = checkedBody(erasureRequest, optionalBodyOf(request, context.core.limits.depth))
  const done = await erasePerson(context.core, caller, user, after)
  context.readers.cutRevoked((reader) => context.core.revocations.isRevoked(reader))
  return sendJson(reply, 200, encodeJson<ErasureReply>(done))
}
