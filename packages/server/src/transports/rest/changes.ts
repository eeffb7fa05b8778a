/** Reading on over HTTP: plain poll, long-poll or event stream, of one channel or of several. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
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
  if (wantsStream(request)) return stream(door, await door.callers.ofReader(request.raw), reading, request, reply)
  const caller = await door.callers.of(request.raw)
  return reading.waitSeconds === null
    ? poll(door, caller, reading, request, reply)
    : longPoll(door, caller, reading, request, reply)
}
