/** Refuses requests that do not say clearly which host they are for (RFC 9112, section 3.2); Node alone takes them. */
import type { IncomingMessage } from 'node:http'
import { Failure } from '../../core/rules/failure.ts'

/** The refusal of a request with no Host header, or with several, of which a proxy may have read another one. */
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
