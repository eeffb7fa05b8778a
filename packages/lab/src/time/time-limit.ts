/** A signal that is aborted after `ms` unless it is stopped before. */
export interface TimeLimit {
  readonly signal: AbortSignal
  readonly stop: () => void
}

/**
 * In the place of `AbortSignal.timeout`: one that only `AbortSignal.any` refers to is collected as garbage, and then never
 * fires. Seen on Node 20.20, once the code that waits is compiled: a variable that it does not use again keeps nothing.
 */
export function startTimeLimit(ms: number): TimeLimit {
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(new DOMException(`${ms} ms are over`, 'TimeoutError')), ms)
  return { signal: late.signal, stop: () => clearTimeout(timer) }
}
