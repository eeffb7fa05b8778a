/**
 * Server-Sent Events (WHATWG HTML, section 9.2): the same feeds and the same shared frames, in
 * another form, written to the bare socket.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Caller } from '../../core/access/caller.ts'
import { readable } from '../../core/access/readable.ts'
import { tooManyConnections } from '../connections/too-many-connections.ts'
import { payerOf } from '../http/charge.ts'
import { keepUnlessAsked } from '../http/keep-alive.ts'
import type { TransportContext } from '../transport-context.ts'
import { EventStream } from './event-stream.ts'
import { type Reading, requireStartable } from './reading.ts'
import type { StreamLine, StreamReader } from './stream-reader.ts'

export const streamHeaders = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
}

export async function stream(
  context: TransportContext,
  caller: Caller,
  reading: Reading,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const [only] = reading.subs
  // One channel that can't be read is refused as any request is; of several, each is told on its own.
  if (reading.isSingle && only !== undefined) await readable(context.core, caller, only.channel)
  requireStartable(reading)
  if (request.method === 'HEAD') return reply.headers(streamHeaders).send()
  const events = openStream(context, caller, request, reply, (line) => new EventStream(line, reading))
  await events.begin()
  return reply
}

/** Begins the response, and makes the reader that writes it: from here on nothing can be refused any more. */
export function openStream<Kind extends StreamReader>(
  context: TransportContext,
  caller: Caller,
  request: FastifyRequest,
  reply: FastifyReply,
  make: (line: StreamLine) => Kind,
): Kind {
  const leave = context.connections.enter(context.addressOf(request.raw))
  if (leave === null) throw tooManyConnections()
  const response = reply.raw
  reply.hijack()
  for (const [name, value] of Object.entries(reply.getHeaders()))
    if (value !== undefined) response.setHeader(name, value)
  for (const [name, value] of Object.entries(streamHeaders)) response.setHeader(name, value)
  const { socket } = request.raw
  socket.setNoDelay(true)
  if (context.isDraining()) keepUnlessAsked(request, response)
  response.writeHead(200)
  response.flushHeaders()
  request.span?.set({ 'http.response.status_code': 200 })
  // Its reader may stay for hours: the span is of the opening.
  request.span?.end()
  const events = make({
    context,
    caller,
    socket,
    payer: payerOf(context, caller, request.raw),
    isChunked: request.raw.httpVersion !== '1.0',
    end: () => response.end(),
  })
  response.on('close', () => {
    leave()
    events.stop()
    context.readers.delete(events)
  })
  return events
}
