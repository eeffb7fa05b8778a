/** The resources of presence: the list of a channel, and the presence of readers without a WebSocket. */
import { namePatterns, PresencePage, PresenceRenewal } from 'dovetail-protocol'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Compile } from 'typebox/compile'
import { endPresence, renewPresence, whoIsPresent } from '../../core/presence/presence-verbs.ts'
import { encodePresencePage } from '../../wire/rest.ts'
import { json, jsonBody, type Operation, type Resource } from '../contract/operation.ts'
import { afterParameter, clientParameter, limitParameter } from '../contract/parameters.ts'
import { ofChannels } from '../contract/refusals.ts'
import { bodyOf } from '../http/body.ts'
import { nameParam, textParam, wholeParam } from '../http/query.ts'
import { perCaller, sendJson } from '../http/reply.ts'
import { checkedBody } from '../http/shape.ts'
import type { TransportContext } from '../transport-context.ts'

const tag = 'presence and signals'
const renewalBody = Compile(PresenceRenewal)
/** As the document shows it. The server checks the id in a step of its own, whose refusal says which characters are allowed. */
const describedRenewal = {
  ...PresenceRenewal,
  properties: {
    ...PresenceRenewal.properties,
    client: { ...PresenceRenewal.properties.client, pattern: namePatterns.client },
  },
}

export function presenceResources(context: TransportContext): Resource[] {
  return [
    {
      path: '/v1/channels/{ch}/presence',
      operations: { GET: listing(context), POST: renewal(context), DELETE: ending(context) },
      schemas: { PresenceRenewal: describedRenewal },
    },
  ]
}

function listing(context: TransportContext): Operation {
  const { limits } = context.core
  return {
    id: 'whoIsPresent',
    tag,
    summary: 'The users who are present in a channel.',
    caller: 'anyone',
    query: [limitParameter('users', limits.pageRecords, limits.pageRecords), afterParameter('next')],
    replies: { 200: json('The users, each once however many connections it has.', PresencePage) },
    refusals: [...ofChannels, 'invalid_query'],
    handle: (request, reply) => list(context, request, reply),
  }
}

function renewal(context: TransportContext): Operation {
  return {
    id: 'renewPresence',
    tag,
    summary: 'Makes or keeps the caller present without a WebSocket.',
    description: `The presence lasts ${context.core.limits.presenceSeconds} s, unless \`seconds\` says otherwise.`,
    caller: 'user',
    body: jsonBody(describedRenewal),
    replies: { 204: { description: 'The caller is present.' } },
    refusals: [...ofChannels, 'invalid_query', 'invalid_text'],
    handle: (request, reply) => renew(context, request, reply),
  }
}

function ending(context: TransportContext): Operation {
  return {
    id: 'endPresence',
    tag,
    summary: 'Ends the presence of a reader without a WebSocket at once.',
    caller: 'user',
    query: [clientParameter('The id of the reader, as given when it became present.', true)],
    replies: { 204: { description: 'This reader no longer makes the caller present.' } },
    refusals: [...ofChannels, 'invalid_query'],
    handle: (request, reply) => end(context, request, reply),
  }
}

function channelOf(request: FastifyRequest): string {
  return (request.params as { ch: string }).ch
}

async function list(context: TransportContext, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const caller = await context.callers.of(request.raw)
  const { pageRecords } = context.core.limits
  const limit = wholeParam(request.query, 'limit', 1, pageRecords) ?? pageRecords
  const after = nameParam(request.query, 'after')
  const page = await whoIsPresent(context.core, caller, channelOf(request), after, limit)
  reply.header('cache-control', perCaller)
  return sendJson(reply, 200, encodePresencePage(page))
}

async function renew(context: TransportContext, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const caller = await context.callers.of(request.raw)
  const body = bodyOf(request, context.core.limits.depth, 1)
  await renewPresence(context.core, caller, channelOf(request), () => checkedBody(renewalBody, body))
  return reply.code(204).send()
}

async function end(context: TransportContext, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const caller = await context.callers.of(request.raw)
  await endPresence(context.core, caller, channelOf(request), textParam(request.query, 'client') ?? '')
  return reply.code(204).send()
}
