/** `GET /v1/search`, and `?q=` on a collection's page. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { search } from '../../core/search.ts'
import { encodeRecord } from '../../ports/stored-record.ts'
import type { Door } from '../door.ts'
import { textParam, wholeParam } from './query.ts'
import { perCaller, sendJson } from './reply.ts'
import { resource } from './resource.ts'

export function registerSearch(app: FastifyInstance, door: Door): void {
  resource(app, '/v1/search', { GET: (request, reply) => searchAll(door, request, reply) })
}

async function searchAll(door: Door, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { query } = request
  const limit = wholeParam(query, 'limit', 1, door.core.limits.pageRecords) ?? door.core.limits.pageRecordsDefault
  const found = await search(door.core, await door.callers.of(request.raw), {
    q: textParam(query, 'q') ?? '',
    channel: textParam(query, 'channel') ?? null,
    collection: textParam(query, 'collection') ?? null,
    limit,
    after: textParam(query, 'after') ?? null,
  })
  const hits = found.hits.map(
    ({ channel, record, snippet }) =>
      `{"channel":"${channel}","collection":"${record.collection}","record":${encodeRecord(record)},"snippet":${JSON.stringify(snippet)}}`,
  )
  reply.header('cache-control', perCaller)
  return sendJson(reply, 200, `{"hits":[${hits.join(',')}],"after":${JSON.stringify(found.after)}}`)
}

/** A page of hits, the newest first: it has no cursor, since it is no reading of the log. */
export async function searchPage(
  door: Door,
  request: FastifyRequest,
  reply: FastifyReply,
  where: { channel: string; collection: string; q: string; limit: number },
): Promise<FastifyReply> {
  const found = await search(door.core, await door.callers.of(request.raw), { ...where, after: null })
  reply.header('cache-control', perCaller)
  return sendJson(
    reply,
    200,
    `{"records":[${found.hits.map(({ record }) => encodeRecord(record)).join(',')}],"cursor":null,"before":null,"after":null}`,
  )
}
