/** Answers, on the bare socket, requests that are not HTTP, have too large headers or are too slow. */
import { type ServerResponse, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { Code } from 'dovetail-protocol'
import { codes } from 'dovetail-protocol'
import { Failure } from '../../core/rules/failure.ts'
import { encodeProblem } from '../../wire/problem.ts'
import { problemContentType } from './reply.ts'

type BrokenRequest = Error & {
  readonly code?: string
  /** What was read last, as a Buffer. */
  readonly rawPacket?: unknown
}

export function refuseBrokenRequest(error: BrokenRequest, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  // Any page may read this reply: it is the same for all, and the origin may not have been read.
  const headers = { 'access-control-allow-origin': '*' }
  const failure = hasForeignMethod(error)
    ? new Failure('method_not_allowed', `No address has this method. Known here: ${allMethods}.`, {
        headers: { allow: allMethods },
      })
    : new Failure(codeOf(error.code))
  socket.end(rawProblem(failure, { headers }))
}

/** The path of the request was not parsed, so which of these its resource has is not known. */
const allMethods = 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS'
const requestLine = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+ [^\s]+ HTTP\/1\.[01]\r\n/

/** Whether this is a request whose method Node's parser does not know, and not something else than HTTP. */
function hasForeignMethod({ code, rawPacket }: BrokenRequest): boolean {
  return code === 'HPE_INVALID_METHOD' && Buffer.isBuffer(rawPacket) && requestLine.test(rawPacket.toString('latin1'))
}

/** Answers a request whose body does not come to its end, and ends the connection. */
export function refuseSlowRequest(socket: Socket, { headersSent }: ServerResponse): void {
  if (headersSent) socket.destroy()
  else
    refuseBrokenRequest(
      Object.assign(new Error('the body took too long'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' }),
      socket,
    )
}

function codeOf(code: string | undefined): Code {
  if (code === 'HPE_HEADER_OVERFLOW') return 'headers_too_large'
  // Bytes that a URL can not contain unescaped, as in a name with letters that names may not have.
  if (code === 'HPE_INVALID_URL') return 'invalid_name'
  return code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 'timeout' : 'invalid_query'
}

interface RawOptions {
  readonly headers?: Readonly<Record<string, string>>
  readonly basePath?: string
}

/** A whole HTTP response as text, for sockets without a response object. */
export function rawProblem(failure: Failure, { headers = {}, basePath = '' }: RawOptions = {}): string {
  const body = encodeProblem(failure, { requestId: '', basePath })
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
