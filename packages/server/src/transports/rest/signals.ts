/** The resource of signals, for clients without a WebSocket. */
import { namePatterns, SignalRequest } from 'dovetail-protocol'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Compile } from 'typebox/compile'
import { signal } from '../../core/write/signal.ts'
import { encodeJson } from '../../wire/json-text.ts'
import { json, jsonBody, type Resource } from '../contract/operation.ts'
import { ofChannels } from '../contract/refusals.ts'
import { bodyOf } from '../http/body.ts'
import { sendJson } from '../http/reply.ts'
import { checkedBody } from '../http/shape.ts'
import type { TransportContext } from '../transport-context.ts'

const signalBody = Compile(SignalRequest)
/** As the document shows it. The server checks the type in a step of its own, whose refusal says which characters are allowed. */
const describedSignal = {
  ...SignalRequest,
  properties: {
    ...SignalRequest.properties,
    type: { ...SignalRequest.properties.type, pattern: namePatterns.signalType },
  },
}
const accepted = { type: 'object', properties: {}, description: 'An empty object.' }

export function signalResources(context: TransportContext): Resource[] {
  return [
    {
      path: '/v1/channels/{ch}/signals',
      schemas: { SignalRequest: describedSignal, SignalAccepted: accepted },
      operations: {
        POST: {
          id: 'sendSignal',
          tag: 'presence and signals',
          summary: 'Sends a signal to those who follow the channel now; it is not stored.',
          caller: 'anyone',
          body: jsonBody(describedSignal),
          replies: { 202: json('The signal was sent.', accepted) },
          refusals: [...ofChannels, 'invalid_text'],
          handle: (request, reply) => send(context, request, reply),
        },
      },
    },
  ]
}

async function send(context: TransportContext, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { ch } = request.params as { ch: string }
  const caller = await context.callers.of(request.raw)
  const body = bodyOf(request, context.core.limits.depth, 1)
  await signal(context.core, caller, ch, () => checkedBody(signalBody, body))
  return sendJson(reply, 202, encodeJson({}))
}
