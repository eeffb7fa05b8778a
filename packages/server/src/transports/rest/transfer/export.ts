/** The resource `/v1/export/{ch}`: a channel's log with all that an import needs, for a service. */
import { ExportReply } from 'dovetail-protocol'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { exportRecords } from '../../../core/transfer/export.ts'
import { encodeExportReply } from '../../../wire/transfer.ts'
import { json, type Resource } from '../../contract/operation.ts'
import { cursorParameter, limitParameter } from '../../contract/parameters.ts'
import { ofChannels } from '../../contract/refusals.ts'
import { textParam, wholeParam } from '../../http/query.ts'
import { sendJson } from '../../http/reply.ts'
import type { TransportContext } from '../../transport-context.ts'

export function exportResources(context: TransportContext): Resource[] {
  const { limits } = context.core
  return [
    {
      path: '/v1/export/{ch}',
      operations: {
        GET: {
          id: 'exportRecords',
          tag: 'records',
          summary:
            'The log of a channel, with the author and the dates of every record and tombstone; only a `service` may read it so.',
          caller: 'user',
          // Only services come here, and they have no budget.
          price: 'nothing',
          query: [
            limitParameter('records', limits.changes, limits.changesDefault),
            cursorParameter('after', 'The `cursor` of the previous reply; absent or `0`: from the beginning.'),
          ],
          replies: { 200: json('The records that changed above `after`, and the channel.', ExportReply) },
          refusals: [...ofChannels, 'invalid_query', 'invalid_cursor', 'reset'],
          handle: (request, reply) => exportPage(context, request, reply),
        },
      },
    },
  ]
}

async function exportPage(
  context: TransportContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { limits } = context.core
  const { ch } = request.params as { ch: string }
  const caller = await context.callers.of(request.raw)
  const limit = wholeParam(request.query, 'limit', 1, limits.changes) ?? limits.changesDefault
  const after = textParam(request.query, 'after') ?? '0'
  const exported = await exportRecords(context.core, caller, { channel: ch, after, limit })
  reply.header('cache-control', 'no-store')
  return sendJson(reply, 200, encodeExportReply(exported))
}
