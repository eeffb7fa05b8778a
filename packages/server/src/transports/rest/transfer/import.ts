/** The resource `/v1/import/{ch}`: records with ids, authors and dates of their own, for a service. */
import { ImportBatch, ImportedRecord, ImportReply, PutChannel } from 'dovetail-protocol'
import type { FastifyReply, FastifyRequest } from 'fastify'
import Type from 'typebox'
import { Compile } from 'typebox/compile'
import { wrongAt } from '../../../core/access/check.ts'
import { Failure } from '../../../core/rules/failure.ts'
import { timeOfIsoDate } from '../../../core/rules/iso-date.ts'
import { type Import, type ImportResult, importRecords } from '../../../core/transfer/import.ts'
import type { ProblemSource } from '../../../wire/problem.ts'
import { encodeImportDone, encodeImportRefused, encodeImportReply } from '../../../wire/transfer.ts'
import { json, jsonBody, type Resource } from '../../contract/operation.ts'
import { ofChannels } from '../../contract/refusals.ts'
import { bodyOf } from '../../http/body.ts'
import { problemSource, sendJson } from '../../http/reply.ts'
import { checkedBody } from '../../http/shape.ts'
import type { TransportContext } from '../../transport-context.ts'

const importBatch = Compile(ImportBatch)
/** A title has the same bounds by whatever way a channel is made. */
const titled = Compile(Type.Object({ title: PutChannel.properties.title }))
const importedRecord = Compile(ImportedRecord)

/** The levels around the data of a record: the body, its list `records` and the record. */
const wrapping = 3

export function importResources(context: TransportContext): Resource[] {
  return [
    {
      path: '/v1/import/{ch}',
      operations: {
        POST: {
          id: 'importRecords',
          tag: 'records',
          summary: 'Imports records with their ids, authors and dates; only a `service` may.',
          description:
            'Each record has its own result. A record that is there already stays as it is, so an import may be repeated.',
          caller: 'user',
          price: 'nothing',
          body: jsonBody(ImportBatch, { large: true }),
          replies: { 200: json('One result for each record, in order.', ImportReply) },
          refusals: [...ofChannels, 'invalid_text'],
          handle: (request, reply) => importAll(context, request, reply),
        },
      },
    },
  ]
}

async function importAll(
  context: TransportContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { core } = context
  const { ch } = request.params as { ch: string }
  const body = bodyOf(request, core.limits.depth, wrapping)
  const caller = await context.callers.of(request.raw)
  const { records, visibility, title, createdAt, head } = checkedBody(importBatch, body)
  checkedBody(titled, body)
  if (records.length > core.limits.batchWrites)
    throw new Failure('too_large', `An import has at most ${core.limits.batchWrites} records.`)
  const { results, at } = await importRecords(core, caller, {
    channel: ch,
    records: records.map(recordOf),
    visibility,
    title,
    createdAt: timeOf(createdAt, '/createdAt'),
    head,
  })
  return sendJson(
    reply,
    200,
    encodeImportReply(
      results.map((result) => encodeResult(result, problemSource(context, request))),
      at,
    ),
  )
}

function encodeResult(result: ImportResult, source: ProblemSource) {
  return result.status === 'refused'
    ? encodeImportRefused(result.failure, source)
    : encodeImportDone(result.status, result.id)
}

function recordOf(value: unknown): Import | Failure {
  try {
    const { pos, rev, createdAt, updatedAt, deleted = false, ...rest } = checkedBody(importedRecord, value)
    if ((pos === undefined) !== (rev === undefined))
      return wrongAt(pos === undefined ? '/pos' : '/rev', 'A record has both "pos" and "rev", or neither.')
    return {
      ...rest,
      deleted,
      createdAt: timeOf(createdAt, '/createdAt'),
      updatedAt: timeOf(updatedAt, '/updatedAt'),
      slot: pos === undefined || rev === undefined ? null : { pos, rev },
    }
  } catch (error) {
    return Failure.from(error)
  }
}

/** Milliseconds since the Unix epoch. The pattern of the schema also allows a thirteenth month and a 30th of February. */
function timeOf(text: string | undefined, pointer: string): number | undefined {
  if (text === undefined) return undefined
  const time = timeOfIsoDate(text)
  if (time === null) throw wrongAt(pointer, 'There is no such date.')
  return time
}
