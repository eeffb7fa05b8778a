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
import { pageEtag, textEtag } from './rest/tags.ts'

export function encodeChangesReply(read: ChangesReply): string {
  const cursor = formatCursor(read.epoch, read.to)
  const changes = read.changes.map(encodeChange).join(',')
  return `{"channel":"${read.channel}","from":${read.from},"to":${read.to},"cursor":"${cursor}","changes":[${changes}],"more":${read.more}}`
}

/** One channel's part of a poll that several share: its reply, or why there is none; and its JSON text. */
export type Part = { readonly sub: Following; readonly text: string } & (
  | { readonly read: ChangesReply }
  | { readonly failure: Failure }
)

/** Room for a part without changes: a range and a cursor, or an error. */
const leanBytes = 220
const leanBytesOf = ({ channel }: Following): number => leanBytes + 2 * channel.length

export async function readParts(door: Door, caller: Caller, reading: Reading): Promise<Part[]> {
  const parts: Part[] = []
  // Every channel has its place in the reply, so what one takes is less the room of those behind it.
  let bytesLeft = door.core.limits.replyBytes - reading.subs.reduce((sum, sub) => sum + leanBytesOf(sub), 0)
  let hasChanges = false
  for (const sub of reading.subs) {
    bytesLeft += leanBytesOf(sub)
    const part = await readPart(door, caller, reading, sub, bytesLeft, hasChanges)
    bytesLeft -= Buffer.byteLength(part.text) + 1
    hasChanges ||= 'read' in part && part.read.changes.length > 0
    parts.push(part)
  }
  return parts
}

/** `mayWait`: another channel's changes are in the reply already, so those that do not fit come with the next one. */
async function readPart(
  door: Door,
  caller: Caller,
  reading: Reading,
  sub: Following,
  bytes: number,
  mayWait: boolean,
): Promise<Part> {
  try {
    const read = await readChanges(door.core, caller, sub.channel, sub.after, reading.limit, bytes)
    const text = encodeChangesReply(read)
    if (!mayWait || Buffer.byteLength(text) < bytes || read.changes.length === 0) return { sub, read, text }
    const later = { ...read, to: read.from, changes: [], more: true }
    return { sub, read: later, text: encodeChangesReply(later) }
  } catch (error) {
    const failure = Failure.from(error)
    if (failure.code === 'internal' || failure.code === 'store_unavailable') throw error
    return { sub, failure, text: encodeFailure(sub, failure) }
  }
}

function encodeFailure({ channel }: Following, { code, message, extras }: Failure): string {
  const error = { code, detail: message, reason: extras.reason, cursor: extras.cursor, retryAfter: extras.retryAfter }
  return JSON.stringify({ channel, error })
}

export function encodeParts(parts: readonly Part[]): string {
  return `{"channels":[${parts.map(({ text }) => text).join(',')}]}`
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
    count(door, read)
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
  for (const part of parts) if ('read' in part) count(door, part.read)
  const text = encodeParts(parts)
  if (request.method === 'POST') return sendJson(reply.header('cache-control', 'no-store'), 200, text)
  return sendTagged(request, reply, text, null, textEtag(text))
}

/** What is polled is watched. Not of any name that one can make up, since each is remembered for a while. */
function count({ core }: Door, { channel, epoch }: ChangesReply): void {
  if (epoch !== null || core.hubs.get(channel) !== null) core.audience.polled(channel)
}
