/** Changes above a cursor, by plain polling: from the store's head, at once. */
import { formatCursor } from '@dovetail/protocol'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type ChangesReply, readChanges } from '../../core/read.ts'
import { encodeChange } from '../../ports/stored-record.ts'
import type { Door } from '../door.ts'
import { requirePosition } from './position.ts'
import { textParam, wholeParam } from './query.ts'
import { sendTagged } from './reply.ts'
import { resource } from './resource.ts'
import { pageEtag } from './tags.ts'

export function registerChanges(app: FastifyInstance, door: Door): void {
  resource(app, '/v1/channels/:ch/changes', { GET: (request, reply) => poll(door, request, reply) })
}

async function poll(door: Door, request: FastifyRequest, reply: FastifyReply) {
  const { ch } = request.params as { ch: string }
  requirePosition(request)
  const caller = await door.callers.of(request.raw)
  const after = textParam(request.query, 'after') ?? null
  const limit = wholeParam(request.query, 'limit', 1, door.core.limits.changes) ?? door.core.limits.changesDefault
  const read = await readChanges(door.core, caller, ch, after, limit)
  const cursor = formatCursor(read.epoch, read.to)
  return sendTagged(request, reply, encodeChangesReply(read), cursor, pageEtag(`${ch} ${after} ${limit}`, cursor))
}

export function encodeChangesReply(read: ChangesReply): string {
  const cursor = formatCursor(read.epoch, read.to)
  const changes = read.changes.map(encodeChange).join(',')
  return `{"channel":"${read.channel}","from":${read.from},"to":${read.to},"cursor":"${cursor}","changes":[${changes}],"more":${read.more}}`
}
