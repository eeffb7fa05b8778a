/** The resources of webhooks: services and admins see how they are, try them, and resume one that its receiver ended. */
import { WebhookDelivery, WebhookEvent, WebhookList } from 'dovetail-protocol'
import { listWebhooks, resumeWebhook, testWebhook } from '../../../core/webhooks/verbs.ts'
import { encodeJson } from '../../../wire/json-text.ts'
import { json, type Operation, type Resource } from '../../contract/operation.ts'
import { requireUser } from '../../http/callers.ts'
import { sendJson } from '../../http/reply.ts'
import type { TransportContext } from '../../transport-context.ts'
import { deadLetterResources } from './dead-letters.ts'
import { tag, webhookOf } from './webhook-of.ts'

export function webhookResources(context: TransportContext): Resource[] {
  return [
    { path: '/v1/webhooks', operations: { GET: listing(context) }, schemas: { WebhookEvent } },
    { path: '/v1/webhooks/{webhook}/test', operations: { POST: trial(context) } },
    { path: '/v1/webhooks/{webhook}/resume', operations: { POST: resumption(context) } },
    ...deadLetterResources(context),
  ]
}

function listing({ callers, webhooks }: TransportContext): Operation {
  return {
    id: 'listWebhooks',
    tag,
    summary: 'The webhooks of the configuration, and how they are; for `service` and `admin` callers.',
    caller: 'user',
    replies: { 200: json('The webhooks.', WebhookList) },
    refusals: ['forbidden', 'store_unavailable'],
    handle: async (request, reply) => {
      const list = await listWebhooks(webhooks, await requireUser(callers, request.raw))
      reply.header('cache-control', 'no-store')
      return sendJson(reply, 200, encodeJson<WebhookList>({ webhooks: list }))
    },
  }
}

function trial({ callers, webhooks }: TransportContext): Operation {
  return {
    id: 'testWebhook',
    tag,
    summary: 'Sends an event of the type `webhook.test` to the receiver; for `service` and `admin` callers.',
    caller: 'user',
    replies: { 200: json('What came of it.', WebhookDelivery) },
    refusals: ['forbidden', 'not_found'],
    handle: async (request, reply) => {
      const delivery = await testWebhook(webhooks, await requireUser(callers, request.raw), webhookOf(request))
      return sendJson(reply, 200, encodeJson<WebhookDelivery>(delivery))
    },
  }
}

function resumption({ callers, webhooks }: TransportContext): Operation {
  return {
    id: 'resumeWebhook',
    tag,
    summary: 'Goes on with a webhook that its receiver ended by 410; for `service` and `admin` callers.',
    description: 'It goes on from where it was. Where the webhook is active, nothing changes.',
    caller: 'user',
    replies: { 204: { description: 'The webhook is active.' } },
    refusals: ['forbidden', 'not_found', 'store_unavailable'],
    handle: async (request, reply) => {
      await resumeWebhook(webhooks, await requireUser(callers, request.raw), webhookOf(request))
      return reply.code(204).send()
    },
  }
}
