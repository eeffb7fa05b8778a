/** The resources by which workers read for a consumer: the next page, and what becomes of it. */
import {
  ConsumedPage,
  ConsumerAcknowledge,
  ConsumerNext,
  ConsumerRelease,
  ConsumerRenew,
  isConsumerName,
} from 'dovetail-protocol'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Compile } from 'typebox/compile'
import type { Consumption } from '../../../core/consuming/consumption.ts'
import { requireConsumerName } from '../../../core/consuming/found-consumer.ts'
import { requireReached } from '../../../core/consuming/require-reached.ts'
import { Failure } from '../../../core/rules/failure.ts'
import { encodeConsumed, pollConsumer } from '../../changes/consumer-poll.ts'
import { json, jsonBody, type Operation, type Resource } from '../../contract/operation.ts'
import { limitParameter } from '../../contract/parameters.ts'
import { bodyOf } from '../../http/body.ts'
import { sendJson } from '../../http/reply.ts'
import { checkedBody } from '../../http/shape.ts'
import type { TransportContext } from '../../transport-context.ts'
import { movableConsumer } from './consumers.ts'

const tag = 'reading on'
const nextBody = Compile(ConsumerNext)
const acknowledgeBody = Compile(ConsumerAcknowledge)
const releaseBody = Compile(ConsumerRelease)
const renewBody = Compile(ConsumerRenew)
const ofWork = ['forbidden', 'invalid_name', 'store_unavailable'] as const

export function consumerWorkResources(context: TransportContext): Resource[] {
  const path = '/v1/consumers/{consumer}'
  return [
    { path: `${path}/next`, operations: { POST: next(context) } },
    { path: `${path}/acknowledge`, operations: { POST: acknowledging(context) } },
    { path: `${path}/release`, operations: { POST: releasing(context) } },
    { path: `${path}/renew`, operations: { POST: renewing(context) } },
  ]
}

function next(context: TransportContext): Operation {
  const { limits } = context.core
  return {
    id: 'nextOfConsumer',
    tag,
    summary: 'The next page for a worker, which then holds its channels; for `service` and `admin` callers.',
    description: 'Answers at once; with `wait`, as soon as there is something.',
    caller: 'user',
    query: [
      limitParameter('changes', limits.changes, limits.changesDefault),
      {
        name: 'wait',
        description: `How long to wait for a change, in seconds; empty: ${limits.waitSeconds} s.`,
        schema: { type: 'number', minimum: Math.min(1, limits.waitSecondsMax), maximum: limits.waitSecondsMax },
      },
    ],
    body: jsonBody(ConsumerNext),
    replies: { 200: json('What is new in channels that no other worker holds.', ConsumedPage) },
    refusals: [...ofWork, 'not_found', 'invalid_query', 'too_many_subscriptions'],
    handle: (request, reply) => sendNext(context, request, reply),
  }
}

async function sendNext(context: TransportContext, request: FastifyRequest, reply: FastifyReply) {
  const { caller, name } = await movableConsumer(context, request)
  const { worker } = checkedBody(nextBody, bodyOf(request, context.core.limits.depth))
  if (!isConsumerName(worker))
    throw new Failure('invalid_name', 'The name of a worker has 1 to 64 letters, digits and the signs "_.-".')
  const page = await pollConsumer(context, caller, { consumer: name, worker }, request, reply)
  return sendJson(reply.header('cache-control', 'no-store'), 200, encodeConsumed(page))
}

function acknowledging(context: TransportContext): Operation {
  return {
    id: 'acknowledgeOfConsumer',
    tag,
    summary: 'Moves the position of channels that a worker has done, and frees them.',
    description: 'All of them, or none. It may be repeated until another worker has one of the channels.',
    caller: 'user',
    body: jsonBody(ConsumerAcknowledge, { large: true }),
    replies: { 204: { description: 'The position is kept.' } },
    refusals: [...ofWork, 'invalid_cursor', 'lease_lost'],
    handle: async (request, reply) => {
      const consumption = await worked(context, request)
      const { lease, channels } = checkedBody(acknowledgeBody, bodyOf(request, context.core.limits.depth))
      await requireReached(context.core, channels)
      await consumption.acknowledge(lease, channels)
      return reply.code(204).send()
    },
  }
}

function releasing(context: TransportContext): Operation {
  return {
    id: 'releaseOfConsumer',
    tag,
    summary: 'Frees channels that a worker has not done: they are given again, at once or after a delay.',
    caller: 'user',
    body: jsonBody(ConsumerRelease, { large: true }),
    replies: { 204: { description: 'The channels are free.' } },
    refusals: [...ofWork, 'lease_lost'],
    handle: async (request, reply) => {
      const consumption = await worked(context, request)
      const { lease, channels } = checkedBody(releaseBody, bodyOf(request, context.core.limits.depth))
      const releases = channels.map(({ channel, delaySeconds = 0 }) => ({ channel, delayMs: delaySeconds * 1000 }))
      await consumption.release(lease, releases)
      return reply.code(204).send()
    },
  }
}

function renewing(context: TransportContext): Operation {
  return {
    id: 'renewOfConsumer',
    tag,
    summary: 'Prolongs a lease, for a page that takes long.',
    caller: 'user',
    body: jsonBody(ConsumerRenew),
    replies: { 204: { description: 'The channels are held for `leaseSeconds` from now.' } },
    refusals: [...ofWork, 'lease_lost'],
    handle: async (request, reply) => {
      const consumption = await worked(context, request)
      const { lease } = checkedBody(renewBody, bodyOf(request, context.core.limits.depth))
      await consumption.renew(lease)
      return reply.code(204).send()
    },
  }
}

/** The consumer that the path names, for callers who may use it. */
async function worked(context: TransportContext, request: FastifyRequest): Promise<Consumption> {
  const { name } = await movableConsumer(context, request)
  requireConsumerName(name)
  return context.core.consumptions.of(name)
}
