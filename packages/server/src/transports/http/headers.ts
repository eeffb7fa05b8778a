/** Reads request headers, and refuses those that leave open which host is meant. */
import type { IncomingMessage } from 'node:http'
import type { FastifyRequest } from 'fastify'
import { Failure } from '../../core/rules/failure.ts'

/** A request header by its name in lower case; a header that was sent several times is one comma-separated list. */
export function headerOf(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name]
  return Array.isArray(value) ? value.join(',') : value
}

/**
 * The refusal of a request with no Host header, or with several, of which a proxy may have read another one (RFC 9112,
 * section 3.2). Node takes such requests.
 */
export function hostRefusal({ headers, httpVersion, rawHeaders }: IncomingMessage): Failure | null {
  if (headers.host === undefined)
    return httpVersion === '1.1' ? new Failure('invalid_query', 'The request has no Host header.') : null
  let hosts = 0
  for (let index = 0; index < rawHeaders.length; index += 2) if (isHost(rawHeaders[index] ?? '')) hosts++
  return hosts === 1 ? null : new Failure('invalid_query', 'The request has more than one Host header.')
}

function isHost(name: string): boolean {
  return name.length === 4 && name.toLowerCase() === 'host'
}
