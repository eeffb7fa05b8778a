/** The REST door: Fastify with our bodies, our errors and one file per kind of route. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { codes } from '@dovetail/protocol'
import cors from '@fastify/cors'
import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { Failure } from '../../core/failure.ts'
import type { Door } from '../door.ts'
import { registerBatch } from './batch.ts'
import { registerBodies } from './body.ts'
import { refuseBrokenRequest } from './broken-request.ts'
import { registerChanges } from './changes.ts'
import { registerChannels } from './channels.ts'
import { registerDocuments } from './documents.ts'
import { registerMyChannels } from './my-channels.ts'
import { registerPresence } from './presence.ts'
import { problemContentType, problemText } from './problem.ts'
import { registerRecords } from './records.ts'
import { knowForeignMethods } from './resource.ts'
import { registerSearch } from './search.ts'
import { registerSessions } from './sessions.ts'
import { registerSignals } from './signals.ts'
import { registerSystem } from './system.ts'
import { registerUsers } from './users.ts'
import { registerWeb } from './web.ts'
import { registerWebSocket } from './web-socket.ts'

export interface AppOptions {
  readonly door: Door
  /** The folder of the built web app; `null`: none is served. */
  readonly webRoot: string | null
  readonly makeServer: (handler: (request: IncomingMessage, response: ServerResponse) => void) => Server
}

const exposedHeaders = ['ETag', 'Dovetail-At', 'Dovetail-Cursor', 'Location', 'Retry-After']
const allowedHeaders = [
  'Authorization',
  'Content-Type',
  'Idempotency-Key',
  'If-Match',
  'If-None-Match',
  'Dovetail-At',
  'Dovetail-Author',
  'Last-Event-ID',
]

export async function buildApp({ door, webRoot, makeServer }: AppOptions): Promise<FastifyInstance> {
  const { limits } = door.core
  const node = door.core.newId().slice(-8)
  let requests = 0
  const app = Fastify({
    serverFactory: (handler) => makeServer(handler),
    bodyLimit: limits.bodyBytes,
    routerOptions: { maxParamLength: 16_384, ignoreTrailingSlash: false, caseSensitive: true },
    exposeHeadRoutes: false,
    logger: false,
    // A counter behind the node's own name: a request costs no random number.
    genReqId: () => `${node}-${(++requests).toString(36)}`,
    clientErrorHandler: refuseBrokenRequest,
    // The router could not read the address, so no hook has run.
    frameworkErrors: (error, request, reply) => {
      exposeTo(door, request.headers.origin, reply as FastifyReply)
      return sendFailure(door, asFailure(error), request as FastifyRequest, reply as FastifyReply)
    },
    return503OnClosing: false,
  })
  registerBodies(app)
  app.setErrorHandler((error: FastifyError | Error, request, reply) =>
    sendFailure(door, asFailure(error), request, reply),
  )
  app.addHook('onRequest', (request, reply, done) => done(whyNotHeard(door, request, reply) ?? undefined))
  await app.register(cors, {
    origin: door.origins.isOpen
      ? '*'
      : (origin: string | undefined, done) => done(null, origin !== undefined && door.origins.allows(origin)),
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
    allowedHeaders,
    exposedHeaders,
    maxAge: 86_400,
    strictPreflight: false,
    // Goes on to the resource, which knows what it allows.
    preflightContinue: true,
  })
  registerRoutes(app, door)
  await registerWeb(app, webRoot)
  await app.ready()
  return app
}

/** What is refused whatever the request asks; `null`: nothing. */
function whyNotHeard(door: Door, request: FastifyRequest, reply: FastifyReply): Failure | null {
  reply.header('x-content-type-options', 'nosniff')
  const { origin, host } = request.headers
  if (!door.origins.allows(origin)) {
    reply.header('vary', 'Origin')
    return new Failure('forbidden', 'This origin is not allowed.')
  }
  // RFC 9112, 3.2; Node itself would answer without a word.
  if (host === undefined && request.raw.httpVersion === '1.1')
    return new Failure('invalid_query', 'The request has no Host header.')
  return null
}

/** What the CORS hook does for a request that is routed: whoever may read replies may read this one. */
function exposeTo({ origins }: Door, origin: string | undefined, reply: FastifyReply): void {
  reply.header('x-content-type-options', 'nosniff').header('access-control-expose-headers', exposedHeaders.join(', '))
  if (origins.isOpen) reply.header('access-control-allow-origin', '*')
  else {
    reply.header('vary', 'Origin')
    if (origin !== undefined && origins.allows(origin)) reply.header('access-control-allow-origin', origin)
  }
}

/** Every route but the web app's. */
export function registerRoutes(app: FastifyInstance, door: Door): void {
  knowForeignMethods(app)
  registerSystem(app, door)
  registerDocuments(app, door)
  registerUsers(app, door)
  registerSessions(app, door)
  registerMyChannels(app, door)
  registerSearch(app, door)
  registerChannels(app, door)
  registerChanges(app, door)
  registerSignals(app, door)
  registerPresence(app, door)
  registerBatch(app, door)
  registerRecords(app, door)
  registerWebSocket(app)
}

function sendFailure(door: Door, failure: Failure, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { code, extras } = failure
  door.metrics.refused('http', code)
  if (codes[code].http >= 500)
    door.log.error(
      { code, requestId: request.id, cause: String((extras.cause as Error)?.stack ?? extras.cause) },
      failure.message,
    )
  if (extras.retryAfter !== undefined) reply.header('retry-after', Math.max(1, Math.ceil(extras.retryAfter)))
  for (const [name, value] of Object.entries(extras.headers ?? {})) reply.header(name, value)
  if (codes[code].http === 401) reply.header('www-authenticate', 'Bearer')
  reply.header('cache-control', 'no-store')
  return reply.code(codes[code].http).header('content-type', problemContentType).send(problemText(failure, request.id))
}

function asFailure(error: FastifyError | Error): Failure {
  if (error instanceof Failure) return error
  switch ((error as FastifyError).code) {
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return new Failure('unsupported_type', 'The body must be application/json.')
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return new Failure('too_large', 'The body is too large.')
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
      return new Failure('invalid_json', 'The body does not match its length, or is missing.')
    case 'FST_ERR_BAD_URL':
      return new Failure('invalid_name', 'The URL holds a malformed escape.')
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return new Failure('invalid_name', 'A part of the URL is too long.')
    default:
      return isOfClient(error) ? new Failure('invalid_query', 'The request can not be read.') : Failure.from(error)
  }
}

/** What the framework blames on the request. */
function isOfClient(error: FastifyError | Error): boolean {
  const { statusCode } = error as FastifyError
  return statusCode !== undefined && statusCode >= 400 && statusCode < 500
}
