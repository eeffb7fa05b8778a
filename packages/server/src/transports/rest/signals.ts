/** Signals by POST: for who has no socket. */
import { SignalRequest } from '@dovetail/protocol'
import type { FastifyInstance } from 'fastify'
import { Compile } from 'typebox/compile'
import { signal } from '../../core/signal.ts'
import type { Door } from '../door.ts'
import { bodyOf } from './body.ts'
import { sendJson } from './reply.ts'
import { resource } from './resource.ts'
import { checkedBody } from './shape.ts'

const signalBody = Compile(SignalRequest)

export function registerSignals(app: FastifyInstance, door: Door): void {
  resource(app, '/v1/channels/:ch/signals', {
    POST: async (request, reply) => {
      const { ch } = request.params as { ch: string }
      const caller = await door.callers.of(request.raw)
      door.callers.count(caller, request.raw)
      const body = bodyOf(request, door.core.limits.depth, 1)
      await signal(door.core, caller, ch, () => checkedBody(signalBody, body))
      return sendJson(reply, 202, '{}')
    },
  })
}
