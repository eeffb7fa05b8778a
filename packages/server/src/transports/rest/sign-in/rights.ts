/** The resource that explains what somebody may do in a channel, and why. */
import { RightsReply, RightsRequest } from 'dovetail-protocol'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Compile } from 'typebox/compile'
import { explainRights } from '../../../core/rights/explain.ts'
import { encodeJson } from '../../../wire/json-text.ts'
import { json, jsonBody, type Resource } from '../../contract/operation.ts'
import { ofChannels } from '../../contract/refusals.ts'
import { bodyOf } from '../../http/body.ts'
import { sendJson } from '../../http/reply.ts'
import { checkedBody } from '../../http/shape.ts'
import type { TransportContext } from '../../transport-context.ts'

const rightsRequest = Compile(RightsRequest)

export function rightsResources(context: TransportContext): Resource[] {
  return [
    {
      path: '/v1/rights',
      operations: {
        POST: {
          id: 'explainRights',
          tag: 'channels',
          summary:
            'What somebody may do in a channel, and why; only for `admin` and `service` callers who may read it.',
          caller: 'user',
          body: jsonBody(RightsRequest),
          replies: { 200: json('Each right with the rule that decides it.', RightsReply) },
          refusals: ofChannels,
          handle: (request, reply) => explain(context, request, reply),
        },
      },
    },
  ]
}

async function explain(context: TransportContext, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const caller = await context.callers.of(request.raw)
  const asked = checkedBody(rightsRequest, bodyOf(request, context.core.limits.depth))
  const { channel, user = null, grants = [] } = asked
  const role = user === null ? 'anonymous' : (asked.role ?? 'user')
  const rights = await explainRights(context.core, caller, channel, { user, role, grants: user === null ? [] : grants })
  reply.header('cache-control', 'no-store')
  return sendJson(reply, 200, encodeJson<RightsReply>(rights))
}
