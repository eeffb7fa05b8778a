import { finalCloses } from './code-facts.ts'
import { DovetailError } from './errors.ts'
import type { Loss } from './transports/transport.ts'

/** What a close code of the server asks of the client (docs/protocol.md, close codes). */
export function lossByClose(code: number, reason: string, last: DovetailError | null): Loss {
  const error = last ?? new DovetailError('network', `closed with ${code} ${reason}`.trim())
  // 1005 and 1006 are no codes of the server: the connection was cut.
  const how = code === 1005 || code === 1006 ? 'died' : 'told'
  if (code === 4401) return { how, next: 'fresh_token', error: last ?? new DovetailError('unauthenticated', reason) }
  if (code === 4403) return { how, next: 'denied', error: last ?? new DovetailError('forbidden', reason) }
  if (finalCloses.includes(code)) return { how, next: 'fatal', error }
  return { how, next: 'retry', error, ...delayOf(error) }
}

/** What a refusal of the hello, or of a request that stands for it, asks of the client. */
export function lossByError(error: DovetailError, how: Loss['how']): Loss {
  switch (error.code) {
    case 'unauthenticated':
    case 'token_expired':
      return { how: 'told', next: 'fresh_token', error }
    case 'forbidden':
      return { how: 'told', next: 'denied', error }
    default:
      return { how: error.code === 'network' ? how : 'told', next: 'retry', error, ...delayOf(error) }
  }
}

function delayOf(error: DovetailError): { delayMs?: number } {
  return error.retryAfter === null ? {} : { delayMs: error.retryAfter * 1000 }
}

/** No answer, for a reason that is told to people only. */
export function cut(how: Loss['how'], detail: string, cause?: unknown): Loss {
  return { how, next: 'retry', error: new DovetailError('network', detail, { cause }) }
}
