/**
 * Registers a resource with Fastify. Methods that it lacks answer 405 with the allowed ones; OPTIONS answers with them
 * too.
 */
import { METHODS } from 'node:http'
import type { Limits } from 'dovetail-protocol'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { requireStaff } from '../../core/access/require-staff.ts'
import { Failure } from '../../core/rules/failure.ts'
import { type Guardable, methods, type Operation, priceOf, type Resource } from '../contract/operation.ts'
import { charging } from '../http/charge.ts'
import { requireKnownParams } from '../http/query.ts'
import type { TransportContext } from '../transport-context.ts'

/** Methods of HTTP that no resource has. `CONNECT` is missing, because it has no path. */
const foreignMethods = METHODS.filter(
  (name) => ![...methods, 'HEAD', 'OPTIONS', 'CONNECT'].some((method) => method === name),
)

/** Registers these methods, without which the router would answer 404 for an existing path. */
export function knowForeignMethods(app: FastifyInstance): void {
  for (const method of foreignMethods) app.addHttpMethod(method, { overrideExisting: true })
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** True on the route for methods that the resource lacks, which answers 405. */
    readonly isRefused?: true
  }
}

export function registerResource(
  app: FastifyInstance,
  context: TransportContext,
  { path, operations, guardedAs }: Resource,
): void {
  const url = path.replace(/\{(\w+)\}/g, ':$1')
  const known = methods.filter((method) => operations[method] !== undefined)
  const allow = [...known, ...(operations.GET === undefined ? [] : ['HEAD']), 'OPTIONS'].join(', ')
  for (const method of known) {
    const operation = operations[method]
    if (operation === undefined) continue
    const query = checkingQuery(path, operation)
    const isStream = operation.body?.isStream === true
    app.route({
      // HEAD is registered here, because Fastify's own adds a wrong Content-Length to a 304 and to a stream.
      method: method === 'GET' ? ['GET', 'HEAD'] : method,
      url,
      // A body that the handler reads is not parsed, so the handler runs before bodies are.
      onRequest: [
        ...guarding(context, guardedAs),
        charging(context, priceOf(method, operation)),
        ...(isStream ? [...query, handling(operation)] : []),
      ],
      bodyLimit: bodyLimitOf(operation, context.core.limits),
      preHandler: isStream ? [] : query,
      handler: inTurn(context, operation),
    })
  }
  const unknown = methods.filter((method) => operations[method] === undefined)
  const head = operations.GET === undefined ? (['HEAD'] as const) : []
  app.route({
    method: [...unknown, ...head, ...foreignMethods],
    url,
    config: { isRefused: true },
    // The body does not matter here, even where it can not be parsed.
    onRequest: async () => {
      throw new Failure('method_not_allowed', `Allowed here: ${allow}.`, { headers: { allow } })
    },
    handler: async () => {},
  })
  app.route({
    method: 'OPTIONS',
    url,
    handler: async (_request, reply) => {
      // Without Content-Length, Safari waits for a body after the 204 of a preflight.
      reply.code(204).header('allow', allow).header('content-length', '0').header('cache-control', 'no-store').send()
    },
  })
}

/** The hook that keeps what the configuration guards for services and admins. */
function guarding(context: TransportContext, guardedAs: Guardable | undefined) {
  if (guardedAs === undefined) return []
  const guard = async ({ raw }: FastifyRequest): Promise<void> => {
    if (context.guarded.has(guardedAs)) requireStaff(await context.callers.of(raw), 'This is for services and admins.')
  }
  return [guard]
}

/** The handler, which waits for its turn where its user sends many requests at once (LIM39). */
function inTurn({ callers, core }: TransportContext, { handle }: Operation): Operation['handle'] {
  return (request, reply) => {
    const caller = callers.known(request.raw)
    if (caller === null || caller.user === null || caller.role === 'service') return handle(request, reply)
    return core.turns.run(caller.user, () => handle(request, reply))
  }
}

function handling({ handle }: Operation) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => handle(request, reply)
}

/** The hook that refuses unknown query parameters, of the API only: probes and pages may be asked for with anything. */
function checkingQuery(path: string, { query = [], alsoTakes = [] }: Operation) {
  if (!path.startsWith('/v1/')) return []
  const known = new Set([...query.map(({ name }) => name), ...alsoTakes])
  const check = (request: FastifyRequest, _reply: FastifyReply, done: (error?: Error) => void): void => {
    try {
      requireKnownParams(request.query, known)
      done()
    } catch (error) {
      done(error as Error)
    }
  }
  return [check]
}

/** The longest spelling of a character in JSON, `\\u0000`, to that of one byte. */
const longestEscape = 6
/** Room for white space. */
const slackBytes = 4096

/** The most bytes of a body, so that none is read of which most would be refused. */
function bodyLimitOf({ body }: Operation, { bodyBytes, recordBytes }: Limits): number {
  if (body?.isLarge === true) return bodyBytes
  return Math.min(bodyBytes, recordBytes * longestEscape + slackBytes)
}
