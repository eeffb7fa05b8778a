/** A URL and its methods: the others answer 405 with what is allowed, and OPTIONS tells it. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Failure } from '../../core/failure.ts'

export type Handler = (request: FastifyRequest, reply: FastifyReply) => unknown

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const
type Method = (typeof methods)[number]

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The method is not one of this URL's: it answers 405. */
    readonly isRefused?: true
  }
}

export function resource(app: FastifyInstance, url: string, handlers: Partial<Record<Method, Handler>>): void {
  const known = methods.filter((method) => handlers[method] !== undefined)
  const allow = [...known, ...(handlers.GET === undefined ? [] : ['HEAD']), 'OPTIONS'].join(', ')
  for (const method of known) {
    const handler = handlers[method]
    if (handler !== undefined) app.route({ method, url, handler })
  }
  const unknown = methods.filter((method) => handlers[method] === undefined)
  app.route({
    method: unknown,
    url,
    config: { isRefused: true },
    // A body is of no interest here, nor whether it could be read.
    onRequest: async () => {
      throw new Failure('method_not_allowed', `Allowed here: ${allow}.`, { headers: { allow } })
    },
    handler: async () => {},
  })
  app.route({
    method: 'OPTIONS',
    url,
    handler: async (_request, reply) => {
      reply.code(204).header('allow', allow).send()
    },
  })
}
