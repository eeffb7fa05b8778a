/** The resource `/v1/batch`: many writes in one request, each with its own result. */
import { createHash } from 'node:crypto'
import { AnyRecord, Batch, BatchWrite } from 'dovetail-protocol'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Compile } from 'typebox/compile'
import { namedKey, namedUser } from '../../core/access/address.ts'
import { Failure } from '../../core/rules/failure.ts'
import { type BatchEntry, type BatchResult, writeBatch } from '../../core/write/batch.ts'
import { requireCreateShape } from '../../core/write/create-shape.ts'
import type { Span } from '../../ports/tracing/tracing.ts'
import type { JsonText } from '../../wire/json-text.ts'
import type { ProblemSource } from '../../wire/problem.ts'
import { encodeBatchDone, encodeBatchRefused, encodeBatchReply, type BatchResult as Result } from '../../wire/rest.ts'
import { json, jsonBody, type Resource } from '../contract/operation.ts'
import { writeHeaders } from '../contract/parameters.ts'
import { bodyOf } from '../http/body.ts'
import { batchPriceOf, payerOf } from '../http/charge.ts'
import { headerOf } from '../http/headers.ts'
import { problemSource, sendJson } from '../http/reply.ts'
import { checkedBody } from '../http/shape.ts'
import type { TransportContext } from '../transport-context.ts'

const batchBody = Compile(Batch)
const batchWrite = Compile(BatchWrite)

/** The levels around the data of a record: the body, its list `writes` and the write. */
const wrapping = 3

/** The schema of the body for the OpenAPI document; the server validates each write on its own. */
const batchRequest = {
  type: 'object',
  properties: { writes: { type: 'array', items: BatchWrite, description: 'The writes, in order.' } },
  required: ['writes'],
}

const batchResult = {
  type: 'object',
  properties: {
    status: { type: 'integer', format: 'int32', description: 'The HTTP status that the write would have had alone.' },
    record: AnyRecord,
    at: { type: 'string', description: 'The position of the write in the log: `<epoch>.<revision>`.' },
    error: { $ref: '#/components/schemas/Problem' },
  },
  required: ['status'],
}
const batchReply = {
  type: 'object',
  properties: {
    results: {
      type: 'array',
      items: batchResult,
      description: 'One result for each write, in the order of the writes.',
    },
  },
  required: ['results'],
}

/** A batch gives each of its writes the key with the write's place in it (IDM13). */
const batchHeaders = writeHeaders.map((header) => ({
  ...header,
  description: `${header.description} It counts for each write that has no \`${header.name === 'Dovetail-Author' ? 'author' : 'key'}\` of its own.`,
}))

export function batchResources(context: TransportContext): Resource[] {
  return [
    {
      path: '/v1/batch',
      schemas: { Batch: batchRequest, BatchResult: batchResult, BatchReply: batchReply },
      operations: {
        POST: {
          id: 'writeBatch',
          tag: 'records',
          summary: 'Many writes, each with its own result, in order.',
          description:
            'The writes to one channel are committed together or not at all; different channels do not depend on each other.',
          caller: 'anyone',
          price: 'batch',
          headers: batchHeaders,
          body: jsonBody(batchRequest, { large: true }),
          replies: {
            200: json('One result for each write, with the status that the write would have had alone.', batchReply),
          },
          refusals: ['store_unavailable'],
          handle: (request, reply) => batch(context, request, reply),
        },
      },
    },
  ]
}

async function batch(context: TransportContext, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { core } = context
  const body = bodyOf(request, core.limits.depth, wrapping)
  const common = commonOf(context, request)
  const caller = await context.callers.of(request.raw)
  if (caller.refusal !== null) throw caller.refusal
  const { writes } = checkedBody(batchBody, body)
  if (writes.length > core.limits.batchWrites)
    throw new Failure('too_large', `A batch has at most ${core.limits.batchWrites} writes.`)
  const unpaid = Math.max(0, writes.length - batchPriceOf(request, core.limits))
  core.budgets.take(payerOf(context, caller, request.raw), unpaid)
  const entries = writes.map((write, index) => entryOf(write, index, common))
  const results = await writeBatch(core, caller, entries, (index) => channelIn(writes[index]))
  const source = problemSource(context, request)
  return sendJson(reply, 200, encodeBatchReply(encodeResults(results, source, core.limits.replyBytes)))
}

/** The bytes of a result without its record. */
const leanBytes = 512

/** Small patches can give large records: results beyond `replyBytes` are sent without their record. */
function encodeResults(results: readonly BatchResult[], source: ProblemSource, replyBytes: number): JsonText<Result>[] {
  let left = replyBytes - results.length * leanBytes
  return results.map((result) => {
    const text = encodeResult(result, source)
    left -= Buffer.byteLength(text)
    return left > 0 ? text : encodeLean(result, source)
  })
}

function encodeLean(entry: BatchResult, source: ProblemSource): JsonText<Result> {
  if (entry.kind === 'refused') {
    const { code, message } = entry.failure
    return encodeResult({ kind: 'refused', failure: new Failure(code, message) }, source)
  }
  const { command, result } = entry
  return encodeBatchDone(statusOf(command.op, result.kind), null, result.at)
}

function channelIn(write: unknown): string {
  const channel = (write as { channel?: unknown } | null)?.channel
  return typeof channel === 'string' ? channel : ''
}

/** The key and author in the headers, for every write without its own. */
interface Common {
  readonly key: string | undefined
  readonly author: string | undefined
  readonly address: string
  readonly request: Span | undefined
}

function commonOf(context: TransportContext, request: FastifyRequest): Common {
  const key = headerOf(request, 'idempotency-key')
  const author = headerOf(request, 'dovetail-author')
  if (key !== undefined) namedKey(key)
  if (author !== undefined) namedUser(author)
  return { key, author, address: context.addressOf(request.raw), request: request.span ?? undefined }
}

/**
 * The key of one write where the whole batch has one key: with the write's index, so that a retry finds each write
 * again.
 */
function keyAt(key: string, index: number): string {
  return createHash('sha256').update(`${index}\n${key}`).digest('base64url')
}

function entryOf(write: unknown, index: number, common: Common): BatchEntry {
  let checked: BatchWrite
  try {
    checked = checkedBody(batchWrite, write)
    if (checked.op === 'create') requireCreateShape(checked)
    requireNoDates(checked)
  } catch (error) {
    return Failure.from(error)
  }
  const { op, channel, collection, recordId, data, ifRev, author = common.author } = checked
  const key = checked.key ?? (common.key === undefined ? undefined : keyAt(common.key, index))
  if (op !== 'create' && recordId === undefined) {
    return new Failure('invalid_data', 'A field of the write is missing or wrong.', {
      errors: [{ pointer: '/recordId', message: 'This field is required.' }],
    })
  }
  const preconditions =
    ifRev === undefined ? {} : ifRev === 0 ? { ifAbsent: true } : { ifMatch: [{ epoch: null, rev: ifRev }] }
  const { address, request } = common
  return {
    op,
    channel,
    collection,
    recordId,
    key,
    author,
    address,
    request,
    ...(op === 'delete' ? {} : { data }),
    ...preconditions,
  }
}

/** Dates are an import's alone. To overlook them would give old records the date of today. */
function requireNoDates(write: object): void {
  const dates = ['createdAt', 'updatedAt'].filter((name) => Object.hasOwn(write, name))
  if (dates.length === 0) return
  throw new Failure('invalid_data', 'Only an import sets dates (POST /v1/import/{ch}).', {
    errors: dates.map((name) => ({ pointer: `/${name}`, message: 'A write has no date of its own.' })),
  })
}

function encodeResult(entry: BatchResult, source: ProblemSource): JsonText<Result> {
  if (entry.kind === 'refused') return encodeBatchRefused(entry.failure, source)
  const { command, result } = entry
  return encodeBatchDone(statusOf(command.op, result.kind), command.op === 'append' ? null : result.record, result.at)
}

function statusOf(op: string, kind: string): number {
  if (op === 'delete' || op === 'append') return 204
  if (op === 'create') return kind === 'created' || kind === 'changed' ? 201 : 200
  return kind === 'created' ? 201 : 200
}
