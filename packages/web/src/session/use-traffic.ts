import { useSyncExternalStore } from 'react'
import { useSession } from './session-context.ts'
import type { TrafficSnapshot } from './traffic.ts'

export function useTraffic(): TrafficSnapshot {
  const { traffic } = useSession()
  return useSyncExternalStore(traffic.subscribe, traffic.getSnapshot)
}
