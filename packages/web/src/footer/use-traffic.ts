import { useSyncExternalStore } from 'react'
import { useSession } from '../session/session-context.ts'
import type { TrafficSnapshot } from '../session/traffic.ts'

export function useTraffic(): TrafficSnapshot {
  const { traffic } = useSession()
  return useSyncExternalStore(traffic.subscribe, traffic.getSnapshot)
}
