/** Sends the replies of all routes. Bodies are JSON text from `wire/`. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { StoredRecord } from '../../ports/stored-record.ts'
import type { JsonText } from '../../wire/json-text.ts'
import type { ProblemSource } from '../../wire/problem.ts'
import { encodeRecord } from '../../wire/record.ts'
import type { TransportContext } from '../transport-context.ts'
import { isKnown, recordEtag } from './tags/tags.ts'

const jsonContentType = 'application/json; charset=utf-8'
export const problemContentType = 'application/problem+json; charset=utf-8'

/** What of a request stands in its problem documents. */
export function problemSource({ basePath }: Pick<TransportContext, 'basePath'>, { id }: FastifyRequest): ProblemSource {
  return { requestId: id, basePath }
}

/** Headers for replies that depend on the caller, so that a shared cache does not mix them. */
export const perCaller = 'private, no-cache'

export function sendJson(reply: FastifyReply, status: number, text: JsonText): FastifyReply {
  return reply.code(status).header('content-type', jsonContentType).send(text)
}

export interface RecordAnswer {
  readonly record: StoredRecord
  readonly epoch: string
  readonly at: string
}

/** Sends a record with its entity tag and position, or 304 where the client has this version. */
export function sendRecord(
  request: FastifyRequest,
  reply: FastifyReply,
  status: number,
  answer: RecordAnswer,
): FastifyReply {
  const { record, epoch, at } = answer
  const etag = recordEtag(epoch, record.rev)
  reply.header('etag', etag).header('dovetail-at', at).header('cache-control', perCaller)
  const isRead = request.method === 'GET' || request.method === 'HEAD'
  if (isRead && isKnown(request.headers['if-none-match'], etag)) return reply.code(304).send()
  return sendJson(reply, status, encodeRecord(record))
}

/** Sends a page or a poll's reply with its entity tag; `cursor` is `null` for several channels. */
export function sendTagged(
  request: FastifyRequest,
  reply: FastifyReply,
  text: JsonText,
  cursor: string | null,
  etag: string,
): FastifyReply {
  reply.header('etag', etag).header('cache-control', perCaller)
  if (cursor !== null) reply.header('dovetail-cursor', cursor)
  if (isKnown(request.headers['if-none-match'], etag)) return reply.code(304).send()
  return sendJson(reply, 200, text)
}
