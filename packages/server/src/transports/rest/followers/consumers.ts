/** The resources of consumers: making, listing, reading, resetting and deleting them. */
import { Consumer, ConsumerList, ConsumerPut, ConsumerReport, ConsumerReset } from 'dovetail-protocol'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Compile } from 'typebox/compile'
import type { Caller } from '../../../core/access/caller.ts'
import {
  deleteConsumer,
  inspectConsumer,
  listConsumers,
  openConsumer,
  resetConsumer,
} from '../../../core/consuming/consumers.ts'
import { requireConsumerStaff } from '../../../core/consuming/found-consumer.ts'
import { Failure } from '../../../core/rules/failure.ts'
import { consumerOf as consumerOfWebhook } from '../../../core/webhooks/webhook.ts'
import type { StoredConsumer } from '../../../ports/consumers/consumers.ts'
import { encodeJson } from '../../../wire/json-text.ts'
import { json, jsonBody, type Operation, type Resource } from '../../contract/operation.ts'
import { bodyOf } from '../../http/body.ts'
import { requireUser } from '../../http/callers.ts'
import { payerOf } from '../../http/charge.ts'
import { sendJson } from '../../http/reply.ts'
import { checkedBody } from '../../http/shape.ts'
import type { TransportContext } from '../../transport-context.ts'

const tag = 'reading on'
const consumerPut = Compile(ConsumerPut)
const consumerReset = Compile(ConsumerReset)
const ofConsumers = ['forbidden', 'invalid_name', 'not_found', 'store_unavailable'] as const

export function consumerResources(context: TransportContext): Resource[] {
  return [
    { path: '/v1/consumers', operations: { GET: listing(context) } },
    {
      path: '/v1/consumers/{consumer}',
      operations: { GET: reading(context), PUT: making(context), DELETE: deletion(context) },
    },
    { path: '/v1/consumers/{consumer}/reset', operations: { POST: resetting(context) } },
  ]
}

export function consumerOf(request: FastifyRequest): string {
  return (request.params as { consumer: string }).consumer
}

/**
 * The consumer that the path names, for a caller who may move or delete it. That of a webhook is moved by its
 * deliveries alone: whoever else moved it would have events passed over.
 */
export async function movableConsumer(
  { callers, webhooks: { webhooks } }: TransportContext,
  request: FastifyRequest,
): Promise<{ readonly caller: Caller; readonly name: string }> {
  const caller = await requireUser(callers, request.raw)
  requireConsumerStaff(caller)
  const name = consumerOf(request)
  if (webhooks.all.some(({ definition }) => consumerOfWebhook(definition) === name))
    throw new Failure('forbidden', `"${name}" is moved by the deliveries of its webhook alone.`)
  return { caller, name }
}

function listing(context: TransportContext): Operation {
  return {
    id: 'listConsumers',
    tag,
    summary: 'All consumers; for `service` and `admin` callers.',
    caller: 'user',
    replies: { 200: json('The consumers, in the order of their names.', ConsumerList) },
    refusals: ['forbidden', 'store_unavailable'],
    handle: async (request, reply) => {
      const caller = await requireUser(context.callers, request.raw)
      const consumers = await listConsumers(context.core, caller)
      reply.header('cache-control', 'no-store')
      return sendJson(reply, 200, encodeJson({ consumers: consumers.map(shown) }))
    },
  }
}

function reading(context: TransportContext): Operation {
  return {
    id: 'readConsumer',
    tag,
    summary: 'How far a consumer has come, and who works for it; for `service` and `admin` callers.',
    caller: 'user',
    replies: { 200: json('The consumer.', ConsumerReport) },
    refusals: [...ofConsumers, 'too_many_subscriptions'],
    handle: (request, reply) => read(context, request, reply),
  }
}

async function read(context: TransportContext, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const caller = await requireUser(context.callers, request.raw)
  const report = await inspectConsumer(context.core, caller, consumerOf(request))
  const { consumer, channels, behind, lag, workers, looked } = report
  context.core.budgets.chargeRecords(payerOf(context, caller, request.raw), looked)
  reply.header('cache-control', 'no-store')
  return sendJson(reply, 200, encodeJson({ ...shown(consumer), channels, behind, lag, workers }))
}

function making(context: TransportContext): Operation {
  return {
    id: 'putConsumer',
    tag,
    summary: 'Makes a consumer, or finds it; for `service` and `admin` callers.',
    description: 'Where it is there already, nothing changes; where it has another pattern, it is refused.',
    caller: 'user',
    body: jsonBody(ConsumerPut),
    replies: { 200: json('It was there.', Consumer), 201: json('It was made.', Consumer) },
    refusals: [...ofConsumers, 'exists', 'too_many_subscriptions'],
    handle: (request, reply) => make(context, request, reply),
  }
}

async function make(context: TransportContext, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const caller = await requireUser(context.callers, request.raw)
  const { pattern, from } = checkedBody(consumerPut, bodyOf(request, context.core.limits.depth))
  const name = consumerOf(request)
  const { made, consumer } = await openConsumer(context.core, caller, { name, pattern, from })
  return sendJson(reply, made ? 201 : 200, encodeJson(shown(consumer)))
}

function deletion(context: TransportContext): Operation {
  return {
    id: 'deleteConsumer',
    tag,
    summary: 'Deletes a consumer with its position; for `service` and `admin` callers.',
    caller: 'user',
    replies: { 204: { description: 'It is gone.' } },
    refusals: ofConsumers,
    handle: async (request, reply) => {
      const { caller, name } = await movableConsumer(context, request)
      await deleteConsumer(context.core, caller, name)
      return reply.code(204).send()
    },
  }
}

function resetting(context: TransportContext): Operation {
  return {
    id: 'resetConsumer',
    tag,
    summary: 'Moves a consumer to the beginning of all channels, or to now; for `service` and `admin` callers.',
    description: 'All leases end: what workers acknowledge of pages that they have is refused.',
    caller: 'user',
    body: jsonBody(ConsumerReset),
    replies: { 204: { description: 'It begins anew.' } },
    refusals: [...ofConsumers, 'too_many_subscriptions'],
    handle: async (request, reply) => {
      const { caller, name } = await movableConsumer(context, request)
      const { to } = checkedBody(consumerReset, bodyOf(request, context.core.limits.depth))
      await resetConsumer(context.core, caller, name, to)
      return reply.code(204).send()
    },
  }
}

function shown({ name, pattern, createdAt }: StoredConsumer): Consumer {
  return { name, pattern, createdAt: new Date(createdAt).toISOString() }
}
