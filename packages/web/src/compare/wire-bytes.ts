import { laneLimits } from './contenders/lane-limits.ts'
import { type WayName, wayNames } from './way-names.ts'

/** Which lane a request of this address belongs to; null where it is none of the race, or its bytes are known only at its end. */
export function laneOf(address: string, channel: string): WayName | null {
  const { pathname, searchParams } = new URL(address)
  if (decodeURIComponent(pathname) !== `/v1/channels/${channel}/changes`) return null
  const limit = searchParams.get('limit')
  return wayNames.find((way) => way in laneLimits && laneLimits[way as keyof typeof laneLimits] === limit) ?? null
}

/**
 * Tells the bytes that passed for each answered request, headers included, where the browser knows them
 * (Resource Timing's `transferSize`). Returns its stop.
 */
export function watchWire(channel: string, tell: (way: WayName, bytes: number) => void): () => void {
  if (!PerformanceObserver.supportedEntryTypes.includes('resource')) return () => undefined
  const observer = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const { name, transferSize } = entry as PerformanceResourceTiming
      const way = transferSize > 0 ? laneOf(name, channel) : null
      if (way !== null) tell(way, transferSize)
    }
  })
  observer.observe({ type: 'resource' })
  return () => observer.disconnect()
}
