/** The one reply to a command, as JSON text. */
import type { Failure } from '../../core/failure.ts'

export function okReply(id: string | number, ok: string): string {
  return `{"id":${JSON.stringify(id)},"ok":${ok}}`
}

/** An error with the codes of REST; `current` is a record's JSON text already. */
export function errorReply(id: string | number, failure: Failure): string {
  const { code, message, extras } = failure
  const { retryAfter, errors, reason, cursor, current } = extras
  const error = JSON.stringify({ code, detail: message, retryAfter, errors, reason, cursor })
  const whole = current === undefined ? error : `${error.slice(0, -1)},"current":${current}}`
  return `{"id":${JSON.stringify(id)},"error":${whole}}`
}
