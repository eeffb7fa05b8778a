import { isCode, mayRetry } from './code-facts.ts'
import type { DovetailError } from './errors.ts'

/** Whether the same request may succeed later: no answer came, or one that says so. All else is a refusal. */
export function canRetry(error: DovetailError): boolean {
  return isCode(error.code) ? mayRetry(error.code) : error.code === 'network'
}
