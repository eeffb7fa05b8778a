/** The span of each request of the API, from its head until its reply is sent or the peer is gone. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { parseTraceContext } from '../../ports/tracing/trace-context.ts'
import type { Span, Tracing } from '../../ports/tracing/tracing.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** `null`: nothing is traced, or the request is for a page or a probe. */
    span: Span | null
  }
}

export function traceRequests(app: FastifyInstance, tracing: Tracing | null): void {
  app.decorateRequest('span', null)
  if (tracing === null) return
  app.addHook('onRequest', (request, reply, done) => {
    const route = request.is404 ? undefined : request.routeOptions.url
    if (route?.startsWith('/v1/') !== true || request.method === 'OPTIONS') return done()
    const span = begin(tracing, request, route)
    request.span = span
    reply.raw.once('close', () => end(span, reply))
    span.within(done)
  })
}

function begin(tracing: Tracing, { method, headers, protocol }: FastifyRequest, route: string): Span {
  return tracing.begin(`${method} ${route}`, {
    kind: 'server',
    parent: parseTraceContext(headers.traceparent, headers.tracestate),
    prefersActive: true,
    attributes: { 'http.request.method': method, 'http.route': route, 'url.scheme': protocol },
  })
}

/** A peer that has gone before it was answered has no status. */
function end(span: Span, { raw }: FastifyReply): void {
  const status = raw.headersSent ? raw.statusCode : null
  if (status !== null) span.set({ 'http.response.status_code': status })
  span.end(status !== null && status >= 500 ? String(status) : undefined)
}
