import { type CandidateName, candidateNames } from '../candidates/candidate-names.ts'
import { laneLimits } from '../candidates/lane-limits.ts'

/** The lane whose request has this URL; null for other requests, and for streams, whose size is known only at their end. */
export function laneOf(url: string, channel: string): CandidateName | null {
  const { pathname, searchParams } = new URL(url)
  if (!decodeURIComponent(pathname).endsWith(`/v1/channels/${channel}/changes`)) return null
  const limit = searchParams.get('limit')
  return (
    candidateNames.find((name) => name in laneLimits && laneLimits[name as keyof typeof laneLimits] === limit) ?? null
  )
}

/**
 * Reports the bytes of each completed request, headers included, if the browser measures them (Resource Timing's
 * `transferSize`). Returns a function that stops it.
 */
export function watchTransferSize(
  channel: string,
  report: (candidate: CandidateName, bytes: number) => void,
): () => void {
  if (!PerformanceObserver.supportedEntryTypes.includes('resource')) return () => undefined
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const { name, transferSize } = entry as PerformanceResourceTiming
      const candidate = transferSize > 0 ? laneOf(name, channel) : null
      if (candidate !== null) report(candidate, transferSize)
    }
  })
  observer.observe({ type: 'resource' })
  return () => observer.disconnect()
}
