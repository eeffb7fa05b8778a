/** The server itself: limits and health. */
import type { FastifyInstance } from 'fastify'
import type { Door } from '../door.ts'
import { sendJson } from './reply.ts'
import { resource } from './resource.ts'

export function registerSystem(app: FastifyInstance, door: Door): void {
  resource(app, '/v1/limits', {
    GET: (_request, reply) => sendJson(reply, 200, JSON.stringify(door.core.limits)),
  })
  resource(app, '/healthz', {
    GET: (_request, reply) => {
      reply.header('cache-control', 'no-store')
      return sendJson(reply, 200, '{"status":"ok"}')
    },
  })
}
