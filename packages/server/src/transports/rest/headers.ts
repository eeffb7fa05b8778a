import type { FastifyRequest } from 'fastify'

/** A request header by its name in small letters; one that was given several times as one list. */
export function headerOf(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name]
  return Array.isArray(value) ? value.join(',') : value
}
