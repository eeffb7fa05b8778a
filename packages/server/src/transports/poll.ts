/** Polls: what is there now, of one channel or of several. */
import { formatCursor } from '@dovetail/protocol'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Caller } from '../core/caller.ts'
import { Failure } from '../core/failure.ts'
import { type ChangesReply, readChanges } from '../core/read.ts'
import { encodeChange } from '../ports/stored-record.ts'
import type { Door } from './door.ts'
import type { Following, Reading } from './reading.ts'
import { sendJson, sendTagged } from './rest/reply.ts'
import { pageEtag } from './rest/tags.ts'

export function encodeChangesReply(read: ChangesReply): string {
  const cursor = formatCursor(read.epoch, read.to)
  const changes = read.changes.map(encodeChange).join(',')
  return `{"channel":"${read.channel}","from":${read.from},"to":${read.to},"cursor":"${cursor}","changes":[${changes}],"more":${read.more}}`
}

/** One channel's part of a poll that several share: its reply, or why there is none. */
export type Part =
  | { readonly sub: Following; readonly read: ChangesReply }
  | { readonly sub: Following; readonly failure: Failure }

export async function readParts(door: Door, caller: Caller, reading: Reading): Promise<Part[]> {
  const parts: Part[] = []
  let bytesLeft = door.core.limits.replyBytes
  for (const sub of reading.subs) {
    try {
      const read = await readChanges(door.core, caller, sub.channel, sub.after, reading.limit, bytesLeft)
      bytesLeft -= read.changes.reduce((sum, record) => sum + record.data.length + 200, 0)
      parts.push({ sub, read })
    } catch (error) {
      const failure = Failure.from(error)
      if (failure.code === 'internal' || failure.code === 'store_unavailable') throw error
      parts.push({ sub, failure })
    }
  }
  return parts
}

export function encodeParts(parts: readonly Part[]): string {
  return `{"channels":[${parts.map(encodePart).join(',')}]}`
}

function encodePart(part: Part): string {
  if ('read' in part) return encodeChangesReply(part.read)
  const { code, message, extras } = part.failure
  const error = { code, detail: message, reason: extras.reason, cursor: extras.cursor, retryAfter: extras.retryAfter }
  return JSON.stringify({ channel: part.sub.channel, error })
}

/** Whether there is anything to tell. */
export function hasNews(part: Part): boolean {
  return 'failure' in part || part.read.changes.length > 0 || (part.sub.after !== null && part.read.to > part.read.from)
}

export async function poll(
  door: Door,
  caller: Caller,
  reading: Reading,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const [sub] = reading.subs
  if (reading.isSingle && sub !== undefined) {
    const read = await readChanges(door.core, caller, sub.channel, sub.after, reading.limit)
    const cursor = formatCursor(read.epoch, read.to)
    return sendTagged(
      request,
      reply,
      encodeChangesReply(read),
      cursor,
      pageEtag(`${sub.channel} ${sub.after} ${reading.limit}`, cursor),
    )
  }
  const parts = await readParts(door, caller, reading)
  reply.header('cache-control', 'no-store')
  return sendJson(reply, 200, encodeParts(parts))
}
