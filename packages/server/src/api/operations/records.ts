import { AnyRecord, BatchWrite, type Limits, LiveRecord, Page } from '@dovetail/protocol'
import { json, jsonBody, type Operation } from '../operation.ts'
import {
  atLeast,
  ifNoneMatch,
  limitParameter,
  positionParameter,
  preconditionHeaders,
  textParameter,
  writeHeaders,
} from '../parameters.ts'
import { ofChannels, ofPreconditions, ofWrites } from '../refusals.ts'

const tag = 'records'
const collection = '/v1/channels/{ch}/{col}'
const record = `${collection}/{id}`
const notModified = { description: 'What is held is still so.', headers: ['ETag'] } as const
const data = { description: "The record's data, as the collection's schema wants it." }
const tagged = ['ETag', 'Dovetail-At'] as const

export function recordOperations(limits: Limits): Operation[] {
  return [...collectionOperations(limits), readOne, ...writesToOne, batch]
}

function collectionOperations(limits: Limits): Operation[] {
  return [
    {
      method: 'GET',
      path: collection,
      id: 'readPage',
      tag,
      summary: 'A page of records, in rising `pos`; the newest ones by default.',
      description:
        'At most one of `before`, `after` and `around`. With `q`, the records found, the newest first, and no cursor.',
      caller: 'anyone',
      query: [
        limitParameter('records', limits.pageRecords, limits.pageRecordsDefault),
        positionParameter('before', 'The newest records below this `pos`.'),
        positionParameter('after', 'The first records above this `pos`.'),
        positionParameter('around', 'The records on both sides of this `pos`.'),
        textParameter('q', 'Words that must all match, the last one as a prefix.'),
      ],
      headers: [atLeast, ifNoneMatch],
      replies: {
        200: json('The page, and the cursor to read on from.', Page, ['ETag', 'Dovetail-Cursor']),
        304: { ...notModified, headers: ['ETag', 'Dovetail-Cursor'] },
      },
      refusals: [...ofChannels, 'invalid_query', 'invalid_cursor'],
    },
    {
      method: 'POST',
      path: collection,
      id: 'createRecord',
      tag,
      summary: 'Creates a record with an id that the server makes.',
      caller: 'anyone',
      headers: writeHeaders,
      body: jsonBody(data),
      replies: {
        200: json('The key was used for this write already: the record as it is now.', LiveRecord, [
          ...tagged,
          'Location',
        ]),
        201: json('The record.', LiveRecord, [...tagged, 'Location']),
      },
      refusals: [...ofWrites, 'gone', 'exists'],
    },
  ]
}

const readOne: Operation = {
  method: 'GET',
  path: record,
  id: 'readRecord',
  tag,
  summary: 'One record.',
  caller: 'anyone',
  headers: [atLeast, ifNoneMatch],
  replies: { 200: json('The record.', LiveRecord, tagged), 304: { ...notModified, headers: tagged } },
  refusals: [...ofChannels, 'invalid_cursor', 'gone'],
}

const writesToOne: readonly Operation[] = [
  {
    method: 'PUT',
    path: record,
    id: 'putRecord',
    tag,
    summary: 'Replaces a record, or creates it under this id.',
    description: 'Over a tombstone it brings the record back.',
    caller: 'anyone',
    headers: [...writeHeaders, ...preconditionHeaders],
    body: jsonBody(data),
    replies: {
      200: json('The record; one whose data is the same keeps its revision.', LiveRecord, tagged),
      201: json('The record, created.', LiveRecord, tagged),
    },
    refusals: [...ofWrites, ...ofPreconditions, 'gone'],
  },
  {
    method: 'PATCH',
    path: record,
    id: 'patchRecord',
    tag,
    summary: 'Changes a record by a JSON merge patch (RFC 7396).',
    caller: 'anyone',
    headers: [...writeHeaders, ...preconditionHeaders],
    body: jsonBody({ description: 'A merge patch of the data: `null` removes.' }, { patch: true }),
    replies: { 200: json('The record.', LiveRecord, tagged) },
    refusals: [...ofWrites, ...ofPreconditions, 'gone'],
  },
  {
    method: 'DELETE',
    path: record,
    id: 'deleteRecord',
    tag,
    summary: 'Deletes a record; a tombstone stays.',
    caller: 'anyone',
    headers: [...writeHeaders, ...preconditionHeaders],
    replies: { 204: { description: 'It is deleted, now or since before.', headers: tagged } },
    refusals: [...ofChannels, ...ofPreconditions, 'key_reused'],
  },
]

/** The server checks a batch write by write, so the request has each write's schema in it only here. */
export const batchRequest = {
  type: 'object',
  properties: { writes: { type: 'array', items: BatchWrite } },
  required: ['writes'],
}

export const batchReply = {
  type: 'object',
  properties: {
    results: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          status: { type: 'integer' },
          record: AnyRecord,
          at: { type: 'string' },
          error: { $ref: '#/components/schemas/Problem' },
        },
        required: ['status'],
      },
    },
  },
  required: ['results'],
}

const batch: Operation = {
  method: 'POST',
  path: '/v1/batch',
  id: 'writeBatch',
  tag,
  summary: 'Many writes, each with its own result, in order.',
  description: 'The writes to one channel are all committed or none; channels stand on their own.',
  caller: 'anyone',
  body: jsonBody(batchRequest),
  replies: { 200: json('A result for each write, with the status that it alone would have had.', batchReply) },
  refusals: ['store_unavailable'],
}
