/** Replies as every route gives them. Bodies are JSON text, put together by hand where records are in them. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { encodeRecord, type StoredRecord } from '../../ports/stored-record.ts'
import { isKnown, recordEtag } from './tags.ts'

const jsonContentType = 'application/json; charset=utf-8'

/** Replies differ by caller, and a shared cache must not mix them. */
export const perCaller = 'private, no-cache'

export function sendJson(reply: FastifyReply, status: number, text: string): FastifyReply {
  return reply.code(status).header('content-type', jsonContentType).send(text)
}

export interface RecordAnswer {
  readonly record: StoredRecord
  readonly epoch: string
  readonly at: string
}

/** A record with its tag and position; 304 where a read says that the client has it. */
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

/** A page or a poll's reply with its tag; `cursor` is `null` where several channels have one each. */
export function sendTagged(
  request: FastifyRequest,
  reply: FastifyReply,
  text: string,
  cursor: string | null,
  etag: string,
): FastifyReply {
  reply.header('etag', etag).header('cache-control', perCaller)
  if (cursor !== null) reply.header('dovetail-cursor', cursor)
  if (isKnown(request.headers['if-none-match'], etag)) return reply.code(304).send()
  return sendJson(reply, 200, text)
}
