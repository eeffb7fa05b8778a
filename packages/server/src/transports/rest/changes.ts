/** Reading on over HTTP: plain poll, long-poll or event stream, of one channel or of several. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Caller } from '../../core/caller.ts'
import { requirePresence } from '../../core/present.ts'
import { readable } from '../../core/read.ts'
import type { Door } from '../door.ts'
import { longPoll } from '../long-poll.ts'
import { poll } from '../poll.ts'
import {
  type Reading,
  readingOfBody,
  readingOfOne,
  readingOfSeveral,
  requireAcceptable,
  wantsStream,
} from '../reading.ts'
import { stream } from '../sse.ts'
import { requirePosition } from './position.ts'
import { resource } from './resource.ts'

export function registerChanges(app: FastifyInstance, door: Door): void {
  resource(app, '/v1/channels/:ch/changes', { GET: (request, reply) => follow(door, request, reply, readingOfOne) })
  resource(app, '/v1/changes', {
    GET: (request, reply) => follow(door, request, reply, readingOfSeveral),
    POST: (request, reply) => follow(door, request, reply, readingOfBody),
  })
}

type ReadingOf = (door: Door, request: FastifyRequest) => Reading

async function follow(
  door: Door,
  request: FastifyRequest,
  reply: FastifyReply,
  readingOf: ReadingOf,
): Promise<FastifyReply> {
  requireAcceptable(request)
  requirePosition(request)
  const reading = readingOf(door, request)
  const isStream = wantsStream(request)
  const caller = await (isStream ? door.callers.ofReader(request.raw) : door.callers.of(request.raw))
  // What is wrong with the token is wrong with all of the channels: told once, and so that a client gets another token.
  if (!reading.isSingle && caller.refusal !== null) throw caller.refusal
  await requirePresenceOf(door, caller, reading)
  if (isStream) return stream(door, caller, reading, request, reply)
  return reading.waitSeconds === null
    ? poll(door, caller, reading, request, reply)
    : longPoll(door, caller, reading, request, reply)
}

/** One channel that keeps no presence is refused, as everywhere; of several, each gives what it has. */
async function requirePresenceOf({ core }: Door, caller: Caller, reading: Reading): Promise<void> {
  const [only] = reading.subs
  if (!reading.isSingle || !reading.presence || only === undefined) return
  await readable(core, caller, only.channel)
  requirePresence(core, only.channel)
}
