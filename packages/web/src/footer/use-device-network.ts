import { useEffect, useState } from 'react'
import type { DeviceNetwork } from './device-network.ts'

/** Only events count: a page that was loaded had a network, whatever the browser said about it. */
export function useDeviceNetwork(): DeviceNetwork {
  const [offlineSince, setOfflineSince] = useState<number | null>(null)
  useEffect(() => {
    const stop = new AbortController()
    const { signal } = stop
    window.addEventListener('offline', () => setOfflineSince(Date.now()), { signal })
    window.addEventListener('online', () => setOfflineSince(null), { signal })
    return () => stop.abort()
  }, [])
  return { offlineSince }
}
