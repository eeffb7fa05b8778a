/** Plain polls: the changes of one channel or of several that are in the log now. */
import {
  type ChannelRefusal,
  formatReadingCursor,
  type ChangesReply as Reply,
  type SeveralChangesReply,
  type Signal,
} from 'dovetail-protocol'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Caller } from '../../core/access/caller.ts'
import { type ChangesReply, readChanges } from '../../core/read/read.ts'
import { Failure } from '../../core/rules/failure.ts'
import type { JsonText } from '../../wire/json-text.ts'
import { encodeChannelRefusal } from '../../wire/problem.ts'
import { encodeChange } from '../../wire/record.ts'
import { encodeChangesReply, encodeSeveralChanges } from '../../wire/rest.ts'
import { payerOf } from '../http/charge.ts'
import { sendJson, sendTagged } from '../http/reply.ts'
import { pageEtag, textEtag } from '../http/tags/tags.ts'
import type { TransportContext } from '../transport-context.ts'
import type { Following, Reading } from './reading.ts'

/** `signals`: those that came while a long-poll was parked; absent: the client did not ask for signals. */
export function replyOf(read: ChangesReply, signals?: readonly JsonText<Signal>[]): JsonText<Reply> {
  const { channel, from, to, more } = read
  const members = {
    channel,
    from,
    to,
    cursor: formatReadingCursor(read.epoch, to, read.floor),
    changes: read.changes.map(encodeChange),
    more,
  }
  return encodeChangesReply(signals === undefined ? members : { ...members, signals })
}

/**
 * The part of one channel in a poll of several: its changes or the reason why it could not be read, and the JSON text.
 */
export type Part = { readonly sub: Following; readonly text: JsonText<Reply | ChannelRefusal> } & (
  | { readonly read: ChangesReply }
  | { readonly failure: Failure }
)

/** Bytes of a part without changes: a range and a cursor, or an error. */
const leanBytes = 220
const leanBytesOf = ({ channel }: Following): number => leanBytes + 2 * channel.length

export async function readParts(context: TransportContext, caller: Caller, reading: Reading): Promise<Part[]> {
  const parts: Part[] = []
  // Bytes are reserved for every channel, so that the first ones leave enough for the others.
  let bytesLeft = context.core.limits.replyBytes - reading.subs.reduce((sum, sub) => sum + leanBytesOf(sub), 0)
  let hasChanges = false
  for (const sub of reading.subs) {
    bytesLeft += leanBytesOf(sub)
    const part = await readPart(context, caller, reading, sub, bytesLeft, hasChanges)
    bytesLeft -= Buffer.byteLength(part.text) + 1
    hasChanges ||= 'read' in part && part.read.changes.length > 0
    parts.push(part)
  }
  return parts
}

/**
 * `mayWait`: the reply has changes of another channel already, so changes that do not fit may wait for the next reply.
 */
async function readPart(
  context: TransportContext,
  caller: Caller,
  reading: Reading,
  sub: Following,
  bytes: number,
  mayWait: boolean,
): Promise<Part> {
  try {
    const read = await readChanges(context.core, caller, sub.channel, sub.after, reading.limit, bytes)
    const text = replyOf(read)
    if (!mayWait || Buffer.byteLength(text) < bytes || read.changes.length === 0) return { sub, read, text }
    const later = { ...read, to: read.from, changes: [], more: true }
    return { sub, read: later, text: replyOf(later) }
  } catch (error) {
    const failure = Failure.from(error)
    if (failure.code === 'internal' || failure.code === 'store_unavailable') throw error
    return { sub, failure, text: encodeChannelRefusal(sub.channel, failure) }
  }
}

export function replyOfParts(
  parts: readonly Part[],
  signals?: readonly JsonText<Signal>[],
): JsonText<SeveralChangesReply> {
  const channels = parts.map(({ text }) => text)
  return encodeSeveralChanges(signals === undefined ? { channels } : { channels, signals })
}

/** How many changes the parts have together. */
export function changesIn(parts: readonly Part[]): number {
  return parts.reduce((sum, part) => sum + ('read' in part ? part.read.changes.length : 0), 0)
}

/** Whether the part has anything that the client does not know. */
export function hasNews(part: Part): boolean {
  return 'failure' in part || part.read.changes.length > 0 || (part.sub.after !== null && part.read.to > part.read.from)
}

export async function poll(
  context: TransportContext,
  caller: Caller,
  reading: Reading,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const [sub] = reading.subs
  if (reading.isSingle && sub !== undefined) {
    const read = await readChanges(context.core, caller, sub.channel, sub.after, reading.limit)
    count(context, read)
    context.core.budgets.chargeRecords(payerOf(context, caller, request.raw), read.changes.length)
    const cursor = formatReadingCursor(read.epoch, read.to, read.floor)
    return sendTagged(
      request,
      reply,
      replyOf(read),
      cursor,
      pageEtag(`${sub.channel} ${sub.after} ${reading.limit}`, cursor),
    )
  }
  const parts = await readParts(context, caller, reading)
  context.core.budgets.chargeRecords(payerOf(context, caller, request.raw), changesIn(parts))
  for (const part of parts) if ('read' in part) count(context, part.read)
  const text = replyOfParts(parts)
  if (request.method === 'POST') return sendJson(reply.header('cache-control', 'no-store'), 200, text)
  return sendTagged(request, reply, text, null, textEtag(text))
}

/**
 * Counts the poll as a reader of the channel, but only where the channel exists, since each counted name takes memory
 * for a while.
 */
function count({ core }: TransportContext, { channel, epoch }: ChangesReply): void {
  if (epoch !== null || core.hubs.get(channel) !== null) core.readerCounts.polled(channel)
}
