/** The resources of records: pages, single reads and the four writes. */
import { AppendOperation, Appends, LiveRecord, namePatterns, Page } from 'dovetail-protocol'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { readPage, readRecord } from '../../core/read/read.ts'
import { Failure } from '../../core/rules/failure.ts'
import type { WriteCommand, WriteResult } from '../../core/write/write.ts'
import { write } from '../../core/write/write.ts'
import { encodePage } from '../../wire/rest.ts'
import { json, jsonBody, type Operation, type Resource } from '../contract/operation.ts'
import {
  atLeast,
  ifNoneMatch,
  limitParameter,
  positionParameter,
  preconditionHeaders,
  textParameter,
  writeHeaders,
} from '../contract/parameters.ts'
import { ofChannels, ofPreconditions, ofWrites } from '../contract/refusals.ts'
import { bodyOf, patchOf } from '../http/body.ts'
import { payerOf } from '../http/charge.ts'
import { headerOf } from '../http/headers.ts'
import { pageStart } from '../http/page-start.ts'
import { requirePosition } from '../http/position.ts'
import { textParam, wholeParam } from '../http/query.ts'
import { sendRecord, sendTagged } from '../http/reply.ts'
import { preconditions } from '../http/tags/preconditions.ts'
import { pageEtag, recordEtag } from '../http/tags/tags.ts'
import type { TransportContext } from '../transport-context.ts'
import { searchPage } from './search.ts'

interface Params {
  readonly ch: string
  readonly col: string
  readonly id: string
}

const tag = 'records'
const notModified = {
  description: 'The version that the client has is still the current one.',
  headers: ['ETag'],
} as const
const data = { description: "The record's data: any JSON that fits the collection's schema." }
const tagged = ['ETag', 'Dovetail-At'] as const

export function recordResources(context: TransportContext): Resource[] {
  return [
    { path: '/v1/channels/{ch}/{col}', operations: { GET: pageReading(context), POST: creation(context) } },
    {
      path: '/v1/channels/{ch}/{col}/{id}',
      schemas: { AppendOperation },
      operations: {
        GET: reading(context),
        PUT: replacement(context),
        PATCH: patch(context),
        DELETE: deletion(context),
      },
    },
  ]
}

function pageReading(context: TransportContext): Operation {
  const { limits } = context.core
  return {
    id: 'readPage',
    tag,
    summary: 'A page of records, in rising `pos`; the newest ones by default.',
    description:
      'At most one of `before`, `after` and `around` may be given. With `author` a page has what is of that author among as many records as the largest page has; it may be empty where `before` or `after` says where to go on. With `q` the page has the records found, the newest first, and no cursor.',
    caller: 'anyone',
    price: ({ query }) => (textParam(query, 'q') === undefined ? 'read' : 'search'),
    query: [
      limitParameter('records', limits.pageRecords, limits.pageRecordsDefault),
      positionParameter('before', 'The newest records below this `pos`.'),
      positionParameter('after', 'The first records above this `pos`.'),
      positionParameter('around', 'The records on both sides of this `pos`.'),
      textParameter('q', 'Words that must all match, the last one as a prefix.'),
      textParameter('author', 'The user whose records alone are given.', { pattern: namePatterns.user }),
    ],
    headers: [atLeast, ifNoneMatch],
    replies: {
      200: json('The page, and the cursor to follow the log from.', Page, ['ETag', 'Dovetail-Cursor']),
      304: { ...notModified, headers: ['ETag', 'Dovetail-Cursor'] },
    },
    refusals: [...ofChannels, 'invalid_query', 'invalid_cursor'],
    handle: (request, reply) => getPage(context, request, reply),
  }
}

function creation(context: TransportContext): Operation {
  return {
    id: 'createRecord',
    tag,
    summary: 'Creates a record with an id that the server makes.',
    caller: 'anyone',
    headers: writeHeaders,
    body: jsonBody(data),
    replies: {
      200: json('A write with this key was committed before: the record as it is now.', LiveRecord, [
        ...tagged,
        'Location',
      ]),
      201: json('The record.', LiveRecord, [...tagged, 'Location']),
    },
    refusals: [...ofWrites, 'gone', 'exists'],
    handle: (request, reply) => postRecord(context, request, reply),
  }
}

function reading(context: TransportContext): Operation {
  return {
    id: 'readRecord',
    tag,
    summary: 'One record.',
    caller: 'anyone',
    headers: [atLeast, ifNoneMatch],
    replies: { 200: json('The record.', LiveRecord, tagged), 304: { ...notModified, headers: tagged } },
    refusals: [...ofChannels, 'invalid_cursor', 'gone'],
    handle: (request, reply) => getRecord(context, request, reply),
  }
}

function replacement(context: TransportContext): Operation {
  return {
    id: 'putRecord',
    tag,
    summary: 'Replaces a record, or creates it under this id.',
    description: 'A put to a deleted record restores it.',
    caller: 'anyone',
    headers: [...writeHeaders, ...preconditionHeaders],
    body: jsonBody(data),
    replies: {
      200: json('The record; its revision is unchanged where the data is the same.', LiveRecord, tagged),
      201: json('The record that was created.', LiveRecord, tagged),
    },
    refusals: [...ofWrites, ...ofPreconditions, 'gone'],
    handle: (request, reply) => putRecord(context, request, reply),
  }
}

function patch(context: TransportContext): Operation {
  return {
    id: 'patchRecord',
    tag,
    summary: 'Changes a record by a JSON merge patch (RFC 7396), or appends to its text.',
    description:
      'As `application/json-patch+json` the body is a list of operations `append`, each of which adds `value` at the end of the string at `path`; the answer is then 204, without the record.',
    caller: 'anyone',
    headers: [...writeHeaders, ...preconditionHeaders],
    body: jsonBody(
      { description: 'A JSON merge patch of the data: `null` removes a member.' },
      {
        patch: true,
        otherTypes: { 'application/json-patch+json': Appends },
      },
    ),
    replies: {
      200: json('The record.', LiveRecord, tagged),
      204: { description: 'The text is appended, by this request or an earlier one.', headers: tagged },
    },
    refusals: [...ofWrites, ...ofPreconditions, 'gone'],
    handle: (request, reply) => patchRecord(context, request, reply),
  }
}

function deletion(context: TransportContext): Operation {
  return {
    id: 'deleteRecord',
    tag,
    summary: 'Deletes a record, of which a tombstone remains.',
    caller: 'anyone',
    headers: [...writeHeaders, ...preconditionHeaders],
    replies: { 204: { description: 'The record is deleted, by this request or an earlier one.', headers: tagged } },
    refusals: [...ofChannels, ...ofPreconditions, 'key_reused'],
    handle: (request, reply) => deleteRecord(context, request, reply),
  }
}

async function getPage(context: TransportContext, request: FastifyRequest, reply: FastifyReply) {
  const { ch, col } = request.params as Params
  requirePosition(request)
  const caller = await context.callers.of(request.raw)
  const limit = wholeParam(request.query, 'limit', 1, context.core.limits.pageRecords)
  const q = textParam(request.query, 'q')
  const author = textParam(request.query, 'author')
  const from = pageStart(request.query)
  if (q !== undefined) {
    if (!('newest' in from) || author !== undefined)
      throw new Failure(
        'invalid_query',
        '"q" is no reading of the log: it has no "before", "after", "around" or "author".',
      )
    return searchPage(context, request, reply, {
      channel: ch,
      collection: col,
      q,
      limit: limit ?? context.core.limits.pageRecordsDefault,
    })
  }
  if (author !== undefined && 'around' in from)
    throw new Failure('invalid_query', '"author" goes with "before" and "after", and not with "around".')
  const page = await readPage(context.core, caller, {
    channel: ch,
    collection: col,
    from,
    limit: limit ?? context.core.limits.pageRecordsDefault,
    author,
  })
  context.core.budgets.chargeRecords(payerOf(context, caller, request.raw), page.read)
  const text = encodePage(page)
  const query = `${ch}/${col} ${JSON.stringify(from)} ${limit ?? ''} ${author ?? ''}`
  return sendTagged(request, reply, text, page.cursor, pageEtag(query, page.cursor))
}

async function getRecord(context: TransportContext, request: FastifyRequest, reply: FastifyReply) {
  const { ch, col, id } = request.params as Params
  requirePosition(request)
  const caller = await context.callers.of(request.raw)
  return sendRecord(request, reply, 200, await readRecord(context.core, caller, ch, col, id))
}

async function postRecord(context: TransportContext, request: FastifyRequest, reply: FastifyReply) {
  const { ch, col } = request.params as Params
  const data = bodyOf(request, context.core.limits.depth)
  const result = await run(context, request, { op: 'create', channel: ch, collection: col, data })
  reply.header('location', `${context.basePath}/v1/channels/${ch}/${col}/${result.record.id}`)
  return sendRecord(request, reply, result.kind === 'created' || result.kind === 'changed' ? 201 : 200, result)
}

async function putRecord(context: TransportContext, request: FastifyRequest, reply: FastifyReply) {
  const data = bodyOf(request, context.core.limits.depth)
  const result = await run(context, request, { op: 'put', ...targetOf(request), data })
  return sendRecord(request, reply, result.kind === 'created' ? 201 : 200, result)
}

async function patchRecord(context: TransportContext, request: FastifyRequest, reply: FastifyReply) {
  const patch = patchOf(request, context.core.limits.depth)
  const result = await run(context, request, { ...patch, ...targetOf(request) })
  return patch.op === 'append' ? sendNoRecord(reply, result) : sendRecord(request, reply, 200, result)
}

async function deleteRecord(context: TransportContext, request: FastifyRequest, reply: FastifyReply) {
  return sendNoRecord(reply, await run(context, request, { op: 'delete', ...targetOf(request) }))
}

/** The record that a write is about, and what it requires of it. */
function targetOf(request: FastifyRequest): Omit<WriteCommand, 'op'> {
  const { ch, col, id } = request.params as Params
  return { channel: ch, collection: col, recordId: id, ...preconditions(request) }
}

function sendNoRecord(reply: FastifyReply, { epoch, record, at }: WriteResult): FastifyReply {
  return reply.code(204).header('etag', recordEtag(epoch, record.rev)).header('dovetail-at', at).send()
}

async function run(context: TransportContext, request: FastifyRequest, command: WriteCommand): Promise<WriteResult> {
  const found = context.callers.of(request.raw)
  const caller = found instanceof Promise ? await found : found
  const key = headerOf(request, 'idempotency-key')
  const author = headerOf(request, 'dovetail-author')
  const address = context.addressOf(request.raw)
  return write(context.core, caller, { ...command, key, author, address, request: request.span ?? undefined })
}
