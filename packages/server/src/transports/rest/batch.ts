/** `POST /v1/batch`: many writes, each with its own result. */
import { createHash } from 'node:crypto'
import { Batch, BatchWrite, codes } from '@dovetail/protocol'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Compile } from 'typebox/compile'
import { namedKey, namedUser } from '../../core/address.ts'
import { type BatchEntry, type BatchResult, writeBatch } from '../../core/batch.ts'
import { requireCreateShape } from '../../core/create-shape.ts'
import { Failure } from '../../core/failure.ts'
import { encodeRecord } from '../../ports/stored-record.ts'
import type { Door } from '../door.ts'
import { bodyOf } from './body.ts'
import { headerOf } from './headers.ts'
import { problemText } from './problem.ts'
import { sendJson } from './reply.ts'
import { resource } from './resource.ts'
import { checkedBody } from './shape.ts'

const batchBody = Compile(Batch)
const batchWrite = Compile(BatchWrite)

/** The data stands under "writes", in a list, in a write. */
const wrapping = 3

export function registerBatch(app: FastifyInstance, door: Door): void {
  resource(app, '/v1/batch', { POST: (request, reply) => batch(door, request, reply) })
}

async function batch(door: Door, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { core } = door
  const body = bodyOf(request, core.limits.depth, wrapping)
  const common = commonOf(request)
  const caller = await door.callers.of(request.raw)
  if (caller.refusal !== null) throw caller.refusal
  const { writes } = checkedBody(batchBody, body)
  if (writes.length > core.limits.batchWrites)
    throw new Failure('too_large', `A batch has at most ${core.limits.batchWrites} writes.`)
  door.callers.count(caller, request.raw, writes.length)
  const entries = writes.map((write, index) => entryOf(write, index, common))
  const results = await writeBatch(core, caller, entries, (index) => channelIn(writes[index]))
  return sendJson(reply, 200, `{"results":[${encodeResults(results, request.id, core.limits.replyBytes)}]}`)
}

/** What a result takes without its record. */
const leanBytes = 512

/** A reply has a limit, and small patches make large records: what does not fit is told without its record. */
function encodeResults(results: readonly BatchResult[], requestId: string, replyBytes: number): string {
  let room = replyBytes - results.length * leanBytes
  const texts = results.map((result) => {
    const text = encodeResult(result, requestId)
    room -= Buffer.byteLength(text)
    return room > 0 ? text : encodeLean(result, requestId)
  })
  return texts.join(',')
}

function encodeLean(entry: BatchResult, requestId: string): string {
  if (entry.kind === 'refused') {
    const { code, message } = entry.failure
    return encodeResult({ kind: 'refused', failure: new Failure(code, message) }, requestId)
  }
  const { command, result } = entry
  return `{"status":${statusOf(command.op, result.kind)},"at":"${result.at}"}`
}

function channelIn(write: unknown): string {
  const channel = (write as { channel?: unknown } | null)?.channel
  return typeof channel === 'string' ? channel : ''
}

/** What the headers say of every write that does not say it itself. */
interface Common {
  readonly key: string | undefined
  readonly author: string | undefined
}

function commonOf(request: FastifyRequest): Common {
  const key = headerOf(request, 'idempotency-key')
  const author = headerOf(request, 'dovetail-author')
  if (key !== undefined) namedKey(key)
  if (author !== undefined) namedUser(author)
  return { key, author }
}

/** The key of one write of a batch that has one key: by its place, so that a retry finds each again. */
function keyAt(key: string, index: number): string {
  return createHash('sha256').update(`${index}\n${key}`).digest('base64url')
}

function entryOf(write: unknown, index: number, common: Common): BatchEntry {
  let checked: BatchWrite
  try {
    checked = checkedBody(batchWrite, write)
    if (checked.op === 'create') requireCreateShape(checked)
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
  return { op, channel, collection, recordId, key, author, ...(op === 'delete' ? {} : { data }), ...preconditions }
}

function encodeResult(entry: BatchResult, requestId: string): string {
  if (entry.kind === 'refused') {
    return `{"status":${codes[entry.failure.code].http},"error":${problemText(entry.failure, requestId)}}`
  }
  const { command, result } = entry
  return `{"status":${statusOf(command.op, result.kind)},"record":${encodeRecord(result.record)},"at":"${result.at}"}`
}

function statusOf(op: string, kind: string): number {
  if (op === 'delete') return 204
  if (op === 'create') return kind === 'created' || kind === 'changed' ? 201 : 200
  return kind === 'created' ? 201 : 200
}
