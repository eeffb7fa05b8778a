import { isCode, mayRetry } from './code-facts.ts'
import type { DovetailError } from './errors.ts'

/** Whether the same request may succeed later: no answer came, or the answer's code says so (docs/protocol.md, ERR). */
export function canRetry(error: DovetailError): boolean {
  return isCode(error.code) ? mayRetry(error.code) : error.code === 'network'
}
