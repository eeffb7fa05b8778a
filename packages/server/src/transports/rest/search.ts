/** Search: the resource `/v1/search`, and the parameter `q` of a page of records. */
import { namePatterns, SearchReply } from 'dovetail-protocol'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { search } from '../../core/read/search.ts'
import { encodePage, encodeSearchReply } from '../../wire/rest.ts'
import { json, type Resource } from '../contract/operation.ts'
import { limitParameter, textParameter } from '../contract/parameters.ts'
import { textParam, wholeParam } from '../http/query.ts'
import { perCaller, sendJson } from '../http/reply.ts'
import type { TransportContext } from '../transport-context.ts'

export function searchResources(context: TransportContext): Resource[] {
  const { limits } = context.core
  return [
    {
      path: '/v1/search',
      operations: {
        GET: {
          id: 'search',
          tag: 'search',
          summary: 'The records with all the words in channels that the caller may read, the newest first.',
          description: 'Any text is a valid query. The last word is a prefix; case and accents are ignored.',
          caller: 'anyone',
          price: 'search',
          query: [
            textParameter('q', 'The words to search for.'),
            textParameter('channel', 'The only channel to search.', { pattern: namePatterns.channel }),
            textParameter('collection', 'The only collection to search, in every channel.', {
              pattern: namePatterns.collection,
            }),
            limitParameter('hits', limits.pageRecords, limits.pageRecordsDefault),
            textParameter('after', 'The `after` of the previous page.'),
          ],
          replies: { 200: json('The hits; `after` is null on the last page.', SearchReply) },
          refusals: ['invalid_name', 'invalid_query', 'not_found', 'store_unavailable'],
          handle: (request, reply) => searchAll(context, request, reply),
        },
      },
    },
  ]
}

async function searchAll(
  context: TransportContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { query } = request
  const limit = wholeParam(query, 'limit', 1, context.core.limits.pageRecords) ?? context.core.limits.pageRecordsDefault
  const found = await search(context.core, await context.callers.of(request.raw), {
    q: textParam(query, 'q') ?? '',
    channel: textParam(query, 'channel') ?? null,
    collection: textParam(query, 'collection') ?? null,
    limit,
    after: textParam(query, 'after') ?? null,
  })
  reply.header('cache-control', perCaller)
  return sendJson(reply, 200, encodeSearchReply(found.hits, found))
}

/** Sends a page of the records found, the newest first. It has no cursor, because it is not a reading of the log. */
export async function searchPage(
  context: TransportContext,
  request: FastifyRequest,
  reply: FastifyReply,
  where: { channel: string; collection: string; q: string; limit: number },
): Promise<FastifyReply> {
  const found = await search(context.core, await context.callers.of(request.raw), { ...where, after: null })
  reply.header('cache-control', perCaller)
  const records = found.hits.map(({ record }) => record)
  return sendJson(reply, 200, encodePage({ records, cursor: null, before: null, after: null }))
}
