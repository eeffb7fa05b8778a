/** A URL and its methods: the others answer 405 with what is allowed, and OPTIONS tells it. */
import { METHODS } from 'node:http'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Failure } from '../../core/failure.ts'

export type Handler = (request: FastifyRequest, reply: FastifyReply) => unknown

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const
type Method = (typeof methods)[number]

/** Methods that HTTP knows and no resource here has (`CONNECT` names no path). */
const foreignMethods = METHODS.filter(
  (name) => ![...methods, 'HEAD', 'OPTIONS', 'CONNECT'].some((method) => method === name),
)

/** Without this the router does not know them, and an address that is there would answer 404. */
export function knowForeignMethods(app: FastifyInstance): void {
  for (const method of foreignMethods) app.addHttpMethod(method, { overrideExisting: true })
}

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
    // HEAD is registered here: Fastify's own would give a 304 and a stream a Content-Length that they don't have.
    if (handler !== undefined) app.route({ method: method === 'GET' ? ['GET', 'HEAD'] : method, url, handler })
  }
  const unknown = methods.filter((method) => handlers[method] === undefined)
  const head = handlers.GET === undefined ? (['HEAD'] as const) : []
  app.route({
    method: [...unknown, ...head, ...foreignMethods],
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
      // Safari waits for a body where a 204 to a preflight does not say that it has none.
      reply.code(204).header('allow', allow).header('content-length', '0').send()
    },
  })
}
