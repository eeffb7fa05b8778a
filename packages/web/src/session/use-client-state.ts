import type { ClientState } from '@dovetail/client'
import { useCallback, useSyncExternalStore } from 'react'
import { useAppClient } from './session-context.ts'

export function useClientState(): ClientState {
  const client = useAppClient()
  const subscribe = useCallback((listener: () => void) => client.subscribe(listener), [client])
  return useSyncExternalStore(subscribe, () => client.getSnapshot())
}
