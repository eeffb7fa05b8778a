/** Why a link ended, and what the connection does next. */
import { finalCloses, serverCloses } from '../base/code-facts.ts'
import { DovetailError } from '../base/errors.ts'

/**
 * The symptom of the error. `refused`: the link never opened · `silent`: it opened, but nothing arrived · `cut`: it
 * ended without a reason · `reported`: the server gave the reason. The first three may be caused by the transport,
 * the last one never is.
 */
export type Symptom = 'refused' | 'silent' | 'cut' | 'reported'

export interface ConnectionError {
  readonly symptom: Symptom
  /** `denied`: the caller is refused until another token is given · `fatal`: trying again is no use. */
  readonly next: 'retry' | 'fresh_token' | 'denied' | 'fatal'
  readonly error: DovetailError
  /** The least ms until the next attempt. 0: at once, since the server chose this moment for this client. */
  readonly delayMs?: number
  /** The server announced a restart. */
  readonly isRestart?: true
}

/** The least ms between a refusal and the same request again. */
const refusedMs = 500

/** What a close code asks of the client (docs/protocol.md, close codes). `last`: the error reply before it. */
export function errorOfClose(code: number, reason: string, last: DovetailError | null): ConnectionError {
  const error = last ?? new DovetailError('network', `closed with ${code} ${reason}`.trim())
  // 1005 and 1006 are never sent. A code that the server itself does not send came from a proxy.
  const symptom = serverCloses.includes(code) ? 'reported' : 'cut'
  if (code === 4401)
    return { symptom, next: 'fresh_token', error: last ?? new DovetailError('unauthenticated', reason) }
  if (code === 4403) return { symptom, next: 'denied', error: last ?? new DovetailError('forbidden', reason) }
  if (finalCloses.includes(code)) return { symptom, next: 'fatal', error }
  const isRestart = code === 1012 ? { isRestart: true as const } : {}
  return { symptom, next: 'retry', error, ...delayOf(error), ...isRestart }
}

/** What a refusal of the hello, or of the request used as one, asks of the client. `symptom`: used when the server gave no reason. */
export function errorOfRefusal(error: DovetailError, symptom: Symptom): ConnectionError {
  switch (error.code) {
    case 'unauthenticated':
    case 'token_expired':
      return { symptom: 'reported', next: 'fresh_token', error }
    case 'forbidden':
      return { symptom: 'reported', next: 'denied', error }
    case 'draining':
      return { symptom: 'reported', next: 'retry', error, ...delayOf(error), isRestart: true }
    case 'network':
      // As for an EventSource, 204 asks the client to stop (HTML, 9.2.3).
      return { symptom, next: error.status === 204 ? 'fatal' : 'retry', error, ...delayOf(error) }
    default:
      return { symptom: 'reported', next: 'retry', error, ...delayOf(error) }
  }
}

function delayOf({ retryAfter, status }: DovetailError): { delayMs?: number } {
  if (retryAfter !== null && retryAfter > 0) return { delayMs: retryAfter * 1000 }
  return status > 0 ? { delayMs: refusedMs } : {}
}

/** No answer came. `detail` is for people. */
export function noAnswer(symptom: Symptom, detail: string, cause?: unknown): ConnectionError {
  return { symptom, next: 'retry', error: new DovetailError('network', detail, { cause }) }
}
