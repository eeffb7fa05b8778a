/** The resources of the events that a webhook gave up. */
import { DeadLetterList, WebhookDelivery } from 'dovetail-protocol'
import { listDeadLetters, replayDeadLetter } from '../../../core/webhooks/verbs.ts'
import { encodeJson } from '../../../wire/json-text.ts'
import { json, type Operation, type Resource } from '../../contract/operation.ts'
import { limitParameter, textParameter } from '../../contract/parameters.ts'
import { requireUser } from '../../http/callers.ts'
import { nameParam, wholeParam } from '../../http/query.ts'
import { sendJson } from '../../http/reply.ts'
import type { TransportContext } from '../../transport-context.ts'
import { tag, webhookOf } from './webhook-of.ts'

const most = 100

export function deadLetterResources(context: TransportContext): Resource[] {
  return [
    { path: '/v1/webhooks/{webhook}/failed', operations: { GET: listing(context) } },
    { path: '/v1/webhooks/{webhook}/failed/{event}/replay', operations: { POST: replaying(context) } },
  ]
}

function listing({ callers, webhooks }: TransportContext): Operation {
  return {
    id: 'listDeadLetters',
    tag,
    summary: 'The events that a webhook gave up, the oldest first; for `service` and `admin` callers.',
    caller: 'user',
    query: [limitParameter('events', most, most), textParameter('after', 'The id of the last event that was listed.')],
    replies: { 200: json('The events, without their bodies.', DeadLetterList) },
    refusals: ['forbidden', 'not_found', 'invalid_query', 'store_unavailable'],
    handle: async (request, reply) => {
      const caller = await requireUser(callers, request.raw)
      const after = nameParam(request.query, 'after')
      const limit = wholeParam(request.query, 'limit', 1, most) ?? most
      const query = { name: webhookOf(request), after: after === '' ? null : after, limit }
      reply.header('cache-control', 'no-store')
      return sendJson(reply, 200, encodeJson<DeadLetterList>(await listDeadLetters(webhooks, caller, query)))
    },
  }
}

function replaying({ callers, webhooks }: TransportContext): Operation {
  return {
    id: 'replayDeadLetter',
    tag,
    summary: 'Sends an event again that was given up; for `service` and `admin` callers.',
    description:
      'Under its own id, now, whatever else its channel has to deliver. It leaves the list where it is accepted.',
    caller: 'user',
    replies: { 200: json('What came of it.', WebhookDelivery) },
    refusals: ['forbidden', 'not_found', 'store_unavailable'],
    handle: async (request, reply) => {
      const caller = await requireUser(callers, request.raw)
      const { event } = request.params as { readonly event: string }
      const delivery = await replayDeadLetter(webhooks, caller, { name: webhookOf(request), id: event })
      return sendJson(reply, 200, encodeJson<WebhookDelivery>(delivery))
    },
  }
}
