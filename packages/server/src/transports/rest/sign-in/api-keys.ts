/** The resources of API keys: an admin makes, lists and revokes them. */
import { ApiKeyList, ApiKeyRequest, NewApiKey } from 'dovetail-protocol'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Compile } from 'typebox/compile'
import { createApiKey, listApiKeys, requireKeyAdmin, revokeApiKey } from '../../../auth/api-keys.ts'
import { namedRecord, namedUser } from '../../../core/access/address.ts'
import type { ApiKey } from '../../../ports/api-keys/api-keys.ts'
import { encodeJson } from '../../../wire/json-text.ts'
import { json, jsonBody, type Operation, type Resource } from '../../contract/operation.ts'
import { bodyOf } from '../../http/body.ts'
import { requireUser } from '../../http/callers.ts'
import { sendJson } from '../../http/reply.ts'
import { checkedBody } from '../../http/shape.ts'
import type { TransportContext } from '../../transport-context.ts'
import { cutRevoked } from './sessions.ts'

const tag = 'users'
const apiKeyRequest = Compile(ApiKeyRequest)

export function apiKeyResources(context: TransportContext): Resource[] {
  return [
    { path: '/v1/keys', operations: { GET: listing(context), POST: creation(context) } },
    { path: '/v1/keys/{key}', operations: { DELETE: revocation(context) } },
  ]
}

function listing(context: TransportContext): Operation {
  return {
    id: 'listApiKeys',
    tag,
    summary: 'All API keys, without the keys themselves; for `admin` callers.',
    caller: 'user',
    replies: { 200: json('The keys, the oldest first.', ApiKeyList) },
    refusals: ['forbidden', 'store_unavailable'],
    handle: async (request, reply) => {
      const caller = await requireUser(context.callers, request.raw)
      const keys = await listApiKeys(context.apiKeys, caller)
      reply.header('cache-control', 'no-store')
      return sendJson(reply, 200, encodeJson({ keys: keys.map(shown) }))
    },
  }
}

function creation(context: TransportContext): Operation {
  return {
    id: 'createApiKey',
    tag,
    summary: 'Makes an API key for a service; for `admin` callers.',
    description: 'The key is in this reply and nowhere else: the server keeps only its SHA-256.',
    caller: 'user',
    body: jsonBody(ApiKeyRequest),
    replies: { 201: json('The new key.', NewApiKey) },
    refusals: ['forbidden', 'invalid_name', 'too_large', 'store_unavailable'],
    handle: (request, reply) => create(context, request, reply),
  }
}

async function create(context: TransportContext, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const caller = await requireUser(context.callers, request.raw)
  requireKeyAdmin(caller)
  const { user, role = 'service' } = checkedBody(apiKeyRequest, bodyOf(request, context.core.limits.depth))
  const { key, text } = await createApiKey(context.apiKeys, caller, { user: namedUser(user), role })
  reply.header('cache-control', 'no-store')
  return sendJson(reply, 201, encodeJson({ ...shown(key), key: text }))
}

function revocation(context: TransportContext): Operation {
  return {
    id: 'revokeApiKey',
    tag,
    summary: 'Revokes an API key by its id; for `admin` callers.',
    description: 'Connections that were opened with the key end too, on all nodes.',
    caller: 'user',
    replies: { 204: { description: 'The key is no longer accepted.' } },
    refusals: ['forbidden', 'invalid_name', 'not_found', 'store_unavailable'],
    handle: (request, reply) => revoke(context, request, reply),
  }
}

async function revoke(context: TransportContext, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { key } = request.params as { key: string }
  namedRecord(key)
  const caller = await requireUser(context.callers, request.raw)
  await revokeApiKey(context.apiKeys, caller, key)
  return cutRevoked(context, reply)
}

/** A key as an admin sees it: its digest helps nobody. */
function shown({ id, user, role, createdAt, lastUsedAt }: ApiKey) {
  const dateOf = (at: number) => new Date(at).toISOString()
  return { id, user, role, createdAt: dateOf(createdAt), lastUsedAt: lastUsedAt === null ? null : dateOf(lastUsedAt) }
}
