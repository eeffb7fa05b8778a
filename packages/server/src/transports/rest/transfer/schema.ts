/** The resource `/v1/schema/upgrade`: stored records of earlier shapes are written in the newest one, in steps. */
import { SchemaUpgradeReply, StepRequest } from 'dovetail-protocol'
import { Compile } from 'typebox/compile'
import { upgradeStep } from '../../../core/schema/upgrade-step.ts'
import { encodeJson } from '../../../wire/json-text.ts'
import { json, jsonBody, type Resource } from '../../contract/operation.ts'
import { optionalBodyOf } from '../../http/body.ts'
import { sendJson } from '../../http/reply.ts'
import { checkedBody } from '../../http/shape.ts'
import type { TransportContext } from '../../transport-context.ts'

const upgradeRequest = Compile(StepRequest)

export function schemaResources(context: TransportContext): Resource[] {
  const { core } = context
  return [
    {
      path: '/v1/schema/upgrade',
      operations: {
        POST: {
          id: 'upgradeRecords',
          tag: 'records',
          summary:
            'Writes records of earlier shapes in the newest one, step by step; only for `admin` and `service` callers.',
          description:
            'The shapes are those of the configuration that the server runs with. Each record is written as a change like any other.',
          caller: 'user',
          body: jsonBody(StepRequest, { optional: true }),
          replies: { 200: json('What this step did; all is done when `after` is null.', SchemaUpgradeReply) },
          refusals: ['invalid_query', 'store_unavailable'],
          handle: async (request, reply) => {
            const caller = await context.callers.of(request.raw)
            const { after = null } = checkedBody(upgradeRequest, optionalBodyOf(request, core.limits.depth))
            return sendJson(reply, 200, encodeJson<SchemaUpgradeReply>(await upgradeStep(core, caller, after)))
          },
        },
      },
    },
  ]
}
