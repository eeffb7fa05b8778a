/** Requests that are no HTTP, too large in their headers, or too slow: answered on the bare socket. */
import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { Code } from '@dovetail/protocol'
import { codes } from '@dovetail/protocol'
import { Failure } from '../../core/failure.ts'
import { problemContentType, problemText } from './problem.ts'

export function refuseBrokenRequest(error: Error & { code?: string }, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  // Whoever asks may read why: it is the same for all, and the origin was perhaps never read.
  socket.end(rawProblem(new Failure(codeOf(error.code)), { 'access-control-allow-origin': '*' }))
}

function codeOf(code: string | undefined): Code {
  if (code === 'HPE_HEADER_OVERFLOW') return 'headers_too_large'
  // Bytes that an address can't hold unescaped: a name of other letters than names have.
  if (code === 'HPE_INVALID_URL') return 'invalid_name'
  return code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 'timeout' : 'invalid_query'
}

/** A whole HTTP response, for sockets that have no response object. */
export function rawProblem(failure: Failure, headers: Readonly<Record<string, string>> = {}): string {
  const body = problemText(failure, '')
  const status = codes[failure.code].http
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? codes[failure.code].title}`,
    `content-type: ${problemContentType}`,
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
    'cache-control: no-store',
    ...(failure.extras.retryAfter === undefined
      ? []
      : [`retry-after: ${Math.max(1, Math.ceil(failure.extras.retryAfter))}`]),
    ...Object.entries({ ...failure.extras.headers, ...headers }).map(([name, value]) => `${name}: ${value}`),
  ]
  return `${lines.join('\r\n')}\r\n\r\n${body}`
}
