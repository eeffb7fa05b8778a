import type { FastifyRequest } from 'fastify'

/** A request header by its name in lower case; a header that was sent several times is one comma-separated list. */
export function headerOf(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name]
  return Array.isArray(value) ? value.join(',') : value
}
