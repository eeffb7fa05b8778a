/** Records: pages, single reads and the four writes. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Failure } from '../../core/failure.ts'
import { type PageRequest, readPage, readRecord } from '../../core/read.ts'
import type { WriteCommand, WriteResult } from '../../core/write.ts'
import { write } from '../../core/write.ts'
import { encodeRecord } from '../../ports/stored-record.ts'
import type { Door } from '../door.ts'
import { bodyOf } from './body.ts'
import { headerOf } from './headers.ts'
import { requirePosition } from './position.ts'
import { textParam, wholeParam } from './query.ts'
import { sendRecord, sendTagged } from './reply.ts'
import { resource } from './resource.ts'
import { searchPage } from './search.ts'
import { namedRevisions, pageEtag, recordEtag } from './tags.ts'

interface Params {
  readonly ch: string
  readonly col: string
  readonly id: string
}

export function registerRecords(app: FastifyInstance, door: Door): void {
  resource(app, '/v1/channels/:ch/:col', {
    GET: (request, reply) => getPage(door, request, reply),
    POST: (request, reply) => postRecord(door, request, reply),
  })
  resource(app, '/v1/channels/:ch/:col/:id', {
    GET: (request, reply) => getRecord(door, request, reply),
    PUT: (request, reply) => changeRecord(door, request, reply, 'put'),
    PATCH: (request, reply) => changeRecord(door, request, reply, 'patch'),
    DELETE: (request, reply) => deleteRecord(door, request, reply),
  })
}

async function getPage(door: Door, request: FastifyRequest, reply: FastifyReply) {
  const { ch, col } = request.params as Params
  requirePosition(request)
  const caller = await door.callers.of(request.raw)
  const limit = wholeParam(request.query, 'limit', 1, door.core.limits.pageRecords)
  const q = textParam(request.query, 'q')
  const from = pageStart(request.query)
  if (q !== undefined) {
    if (!('newest' in from))
      throw new Failure('invalid_query', '"q" is no reading of the log: it has no "before", "after" or "around".')
    return searchPage(door, request, reply, {
      channel: ch,
      collection: col,
      q,
      limit: limit ?? door.core.limits.pageRecordsDefault,
    })
  }
  const page = await readPage(door.core, caller, {
    channel: ch,
    collection: col,
    from,
    limit: limit ?? door.core.limits.pageRecordsDefault,
  })
  const text = `{"records":[${page.records.map(encodeRecord).join(',')}],"cursor":"${page.cursor}","before":${page.before},"after":${page.after}}`
  const query = `${ch}/${col} ${JSON.stringify(from)} ${limit ?? ''}`
  return sendTagged(request, reply, text, page.cursor, pageEtag(query, page.cursor))
}

function pageStart(query: unknown): PageRequest['from'] {
  const before = wholeParam(query, 'before', 0, Number.MAX_SAFE_INTEGER)
  const after = wholeParam(query, 'after', 0, Number.MAX_SAFE_INTEGER)
  const around = wholeParam(query, 'around', 0, Number.MAX_SAFE_INTEGER)
  const given = [before, after, around].filter((value) => value !== undefined)
  if (given.length > 1) throw new Failure('invalid_query', 'Only one of "before", "after" and "around" can be given.')
  if (before !== undefined) return { before }
  if (after !== undefined) return { after }
  return around === undefined ? { newest: true } : { around }
}

async function getRecord(door: Door, request: FastifyRequest, reply: FastifyReply) {
  const { ch, col, id } = request.params as Params
  requirePosition(request)
  const caller = await door.callers.of(request.raw)
  return sendRecord(request, reply, 200, await readRecord(door.core, caller, ch, col, id))
}

async function postRecord(door: Door, request: FastifyRequest, reply: FastifyReply) {
  const { ch, col } = request.params as Params
  const data = bodyOf(request, door.core.limits.depth)
  const result = await run(door, request, { op: 'create', channel: ch, collection: col, data })
  reply.header('location', `/v1/channels/${ch}/${col}/${result.record.id}`)
  return sendRecord(request, reply, result.kind === 'created' || result.kind === 'changed' ? 201 : 200, result)
}

async function changeRecord(door: Door, request: FastifyRequest, reply: FastifyReply, op: 'put' | 'patch') {
  const { ch, col, id } = request.params as Params
  const data = bodyOf(request, door.core.limits.depth)
  const result = await run(door, request, {
    op,
    channel: ch,
    collection: col,
    recordId: id,
    data,
    ...preconditions(request),
  })
  return sendRecord(request, reply, result.kind === 'created' ? 201 : 200, result)
}

async function deleteRecord(door: Door, request: FastifyRequest, reply: FastifyReply) {
  const { ch, col, id } = request.params as Params
  const result = await run(door, request, {
    op: 'delete',
    channel: ch,
    collection: col,
    recordId: id,
    ...preconditions(request),
  })
  const etag = recordEtag(result.epoch, result.record.rev)
  return reply.code(204).header('etag', etag).header('dovetail-at', result.at).send()
}

async function run(door: Door, request: FastifyRequest, command: WriteCommand): Promise<WriteResult> {
  const found = door.callers.of(request.raw)
  const caller = found instanceof Promise ? await found : found
  door.callers.count(caller, request.raw)
  const key = headerOf(request, 'idempotency-key')
  const author = headerOf(request, 'dovetail-author')
  return write(door.core, caller, { ...command, key, author })
}

function preconditions(
  request: FastifyRequest,
): Pick<WriteCommand, 'ifAbsent' | 'ifExists' | 'ifMatch' | 'ifNoneMatch'> {
  const match = headerOf(request, 'if-match')
  const noneMatch = headerOf(request, 'if-none-match')
  const matched = match === undefined ? undefined : namedRevisions(match)
  const unmatched = noneMatch === undefined ? undefined : namedRevisions(noneMatch)
  return {
    ...(matched === undefined ? {} : matched === '*' ? { ifExists: true } : { ifMatch: matched }),
    ...(unmatched === undefined ? {} : unmatched === '*' ? { ifAbsent: true } : { ifNoneMatch: unmatched }),
  }
}
