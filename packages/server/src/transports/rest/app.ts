/** Builds the Fastify app of the REST transport: body parsing, errors, CORS and all resources. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import cors, { type FastifyCorsOptions } from '@fastify/cors'
import { codes } from 'dovetail-protocol'
import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { Failure } from '../../core/rules/failure.ts'
import { pause } from '../../ports/clock.ts'
import { presignedOf } from '../../ports/files/file-storage.ts'
import { isLogged, logEvent } from '../../telemetry/log-events.ts'
import { encodeProblem } from '../../wire/problem.ts'
import { registerBodies } from '../http/body.ts'
import { refuseBrokenRequest } from '../http/broken-request.ts'
import { hostRefusal } from '../http/headers.ts'
import { problemContentType, problemSource } from '../http/reply.ts'
import type { TransportContext } from '../transport-context.ts'
import { nothingHere, registerWebApp } from './pages/web-app.ts'
import { knowForeignMethods, registerResource } from './register-resource.ts'
import { resourcesOf } from './resources.ts'
import { traceRequests } from './traced-requests.ts'

export interface AppOptions {
  readonly context: TransportContext
  /** The folder of the built web app; `null`: none is served. */
  readonly webRoot: string | null
  readonly makeServer: (handler: (request: IncomingMessage, response: ServerResponse) => void) => Server
}

const exposedHeaders = [
  'Content-Disposition',
  'Content-Range',
  'ETag',
  'Dovetail-At',
  'Dovetail-Cursor',
  'Dovetail-Readers',
  'Location',
  'Retry-After',
  'RateLimit',
  'RateLimit-Policy',
]
/** The request headers that this server reads. */
const ownHeaders = [
  'Authorization',
  'Content-Type',
  'Idempotency-Key',
  'If-Match',
  'If-None-Match',
  'Dovetail-At',
  'Dovetail-Author',
  'Last-Event-ID',
  'traceparent',
  'tracestate',
]

export async function buildApp({ context, webRoot, makeServer }: AppOptions): Promise<FastifyInstance> {
  const { limits } = context.core
  const node = context.core.newId().slice(-8)
  let requests = 0
  const app = Fastify({
    serverFactory: (handler) => makeServer(handler),
    bodyLimit: limits.bodyBytes,
    routerOptions: { maxParamLength: 16_384, ignoreTrailingSlash: false, caseSensitive: true },
    exposeHeadRoutes: false,
    logger: false,
    // The node's name and a counter, so that a request needs no random number.
    genReqId: () => `${node}-${(++requests).toString(36)}`,
    clientErrorHandler: refuseBrokenRequest,
    // The router could not parse the URL, so no hook has run.
    frameworkErrors: (error, request, reply) => {
      exposeTo(context, request.headers.origin, reply as FastifyReply)
      return sendFailure(context, asFailure(error), request as FastifyRequest, reply as FastifyReply)
    },
    return503OnClosing: false,
  })
  registerBodies(app, limits.depth, (request) => turnOf(context, request))
  app.setErrorHandler((error: FastifyError | Error, request, reply) =>
    refuse(context, asFailure(error), request, reply),
  )
  traceRequests(app, context.core.tracing)
  app.addHook('onRequest', (request, reply, done) => done(whyNotHeard(context, request, reply) ?? undefined))
  app.addHook('onResponse', (request, reply, done) => {
    countAnswer(context, request, reply)
    done()
  })
  await app.register(cors, { delegator: (request, done) => done(null, corsOptions(context, request)) })
  knowForeignMethods(app)
  for (const resource of resourcesOf(context, webRoot !== null)) registerResource(app, context, resource)
  const { storage } = context.core.files
  await registerWebApp(app, webRoot, presignedOf(storage)?.origin ?? null)
  await app.ready()
  return app
}

/** Large bodies are parsed one by one of each user, and of all callers without a token (LIM39). */
function turnOf({ callers, core }: TransportContext, { raw }: FastifyRequest): Promise<void> | null {
  const caller = callers.known(raw)
  return caller?.role === 'service' ? null : core.turns.turn(caller?.user ?? '')
}

function corsOptions({ origins, callers }: TransportContext, { headers }: FastifyRequest): FastifyCorsOptions {
  return {
    // Only pages that the operator names may use the session that a visitor has here.
    credentials: callers.knowSessions && !origins.isOpen,
    origin: origins.isOpen
      ? '*'
      : (origin: string | undefined, done) => done(null, origin !== undefined && origins.allows(origin)),
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
    allowedHeaders: [...new Set([...ownHeaders, ...askedHeaders(headers['access-control-request-headers'])])],
    exposedHeaders,
    maxAge: 86_400,
    strictPreflight: false,
    // The resource answers OPTIONS itself, because it knows its methods.
    preflightContinue: true,
  }
}

/**
 * The headers that a preflight asks for. All are allowed: a page may send headers for tracing, and a cookie authenticates
 * only what comes from pages whose origin is named.
 */
function askedHeaders(header: string | undefined): string[] {
  const names = (header ?? '').split(',').map((name) => name.trim())
  return names.filter((name) => /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name))
}

/** The refusal that applies to any request, for its origin or its Host header; `null`: there is none. */
function whyNotHeard(context: TransportContext, request: FastifyRequest, reply: FastifyReply): Failure | null {
  reply.header('x-content-type-options', 'nosniff')
  const refusal = context.origins.refusalOf(request.headers)
  if (refusal !== null) {
    reply.header('vary', 'Origin')
    return refusal
  }
  const unclear = hostRefusal(request.raw)
  if (unclear !== null) return unclear
  // Before the body is read: it belongs to no operation. GET and HEAD may ask for a page of the web app.
  if (request.is404 && request.method !== 'GET' && request.method !== 'HEAD') return nothingHere()
  return null
}

const knownMethods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

/** By pattern and known methods only, so that no request makes a time series. */
function countAnswer({ log, metrics }: TransportContext, request: FastifyRequest, reply: FastifyReply): void {
  const { id: requestId, method } = request
  const [route, status] = [routeOf(request), reply.statusCode]
  metrics.answered(knownMethods.has(method) ? method : 'other', route, status)
  if (!isLogged(log, 'request')) return
  const tookMs = Math.round(reply.elapsedTime * 10) / 10
  logEvent(log, 'request', { requestId, method, route, status, tookMs }, `${method} ${route}: ${status}`, request.span)
}

/** The pattern of the path; `none`: there is no such path. */
function routeOf(request: FastifyRequest): string {
  return request.is404 ? 'none' : (request.routeOptions.url ?? 'none')
}

/** Sets the CORS headers of a reply to a request that was not routed, as the CORS hook does for all others. */
function exposeTo({ origins, callers }: TransportContext, origin: string | undefined, reply: FastifyReply): void {
  reply.header('x-content-type-options', 'nosniff').header('access-control-expose-headers', exposedHeaders.join(', '))
  if (origins.isOpen) reply.header('access-control-allow-origin', '*')
  else {
    reply.header('vary', 'Origin')
    if (origin === undefined || !origins.allows(origin)) return
    reply.header('access-control-allow-origin', origin)
    if (callers.knowSessions) reply.header('access-control-allow-credentials', 'true')
  }
}

/** At once, or later to who does not slow down (LIM38). */
function refuse(
  context: TransportContext,
  failure: Failure,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply | Promise<FastifyReply> {
  if (failure.code !== 'rate_limited') return sendFailure(context, failure, request, reply)
  const { clock, refusalPace } = context.core
  const delayMs = refusalPace.delayOf(context.callers.knownUser(request.raw) ?? context.addressOf(request.raw))
  if (delayMs === 0) return sendFailure(context, failure, request, reply)
  return pause(clock, delayMs).then(() => sendFailure(context, failure, request, reply))
}

function sendFailure(
  context: TransportContext,
  failure: Failure,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const { code, extras } = failure
  context.metrics.refused('http', code)
  const refusal = {
    transport: 'http',
    request: `${request.method} ${routeOf(request)}`,
    code,
    detail: failure.message,
    user: context.callers.knownUser(request.raw),
    address: context.addressOf(request.raw),
  } as const
  context.events.refused(refusal, request.span)
  request.span?.set({ 'dovetail.code': code })
  if (codes[code].http >= 500) {
    const cause = String((extras.cause as Error)?.stack ?? extras.cause)
    logEvent(context.log, 'request_failed', { code, requestId: request.id, cause }, failure.message, request.span)
  }
  if (extras.retryAfter !== undefined) reply.header('retry-after', Math.max(1, Math.ceil(extras.retryAfter)))
  for (const [name, value] of Object.entries(extras.headers ?? {})) reply.header(name, value)
  if (codes[code].http === 401) reply.header('www-authenticate', 'Bearer')
  reply.header('cache-control', 'no-store')
  return reply
    .code(codes[code].http)
    .header('content-type', problemContentType)
    .send(encodeProblem(failure, problemSource(context, request)))
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

/** Errors of Fastify that the request has caused. */
function isOfClient(error: FastifyError | Error): boolean {
  const { statusCode } = error as FastifyError
  return statusCode !== undefined && statusCode >= 400 && statusCode < 500
}
