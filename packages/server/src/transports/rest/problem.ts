/** A failure as `application/problem+json` (RFC 9457). */
import { codes, problemType } from '@dovetail/protocol'
import type { Failure } from '../../core/failure.ts'

export const problemContentType = 'application/problem+json; charset=utf-8'

/** `requestId` is told with `internal` only: it is what the log can be searched for. */
export function problemText(failure: Failure, requestId: string): string {
  const { code, message, extras } = failure
  const problem = JSON.stringify({
    type: problemType(code),
    title: codes[code].title,
    status: codes[code].http,
    code,
    detail: message,
    retryAfter: extras.retryAfter,
    errors: extras.errors,
    reason: extras.reason,
    cursor: extras.cursor,
    requestId: code === 'internal' ? requestId : undefined,
  })
  // `current` is a record's JSON text already.
  return extras.current === undefined ? problem : `${problem.slice(0, -1)},"current":${extras.current}}`
}
