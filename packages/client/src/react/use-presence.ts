import type { PresentUser } from '@dovetail/protocol'
import { useCallback, useEffect, useMemo, useState, useSyncExternalStore } from 'react'
import type { PresenceView } from '../presence.ts'
import { useClient } from './context.ts'

const nobody: readonly PresentUser[] = []

/** Who is in a channel; while mounted, the caller is too. */
export function usePresence(channel: string): { users: readonly PresentUser[]; setState(state: unknown): void } {
  const client = useClient()
  const [view, setView] = useState<PresenceView | null>(null)
  useEffect(() => {
    const opened = client.channel(channel).presence()
    setView(opened)
    return () => {
      opened.close()
      setView(null)
    }
  }, [client, channel])
  const users = useSyncExternalStore(
    useMemo(() => (listener: () => void) => view?.subscribe(listener) ?? (() => undefined), [view]),
    () => view?.getSnapshot() ?? nobody,
    () => nobody,
  )
  const setState = useCallback((state: unknown) => view?.setState(state), [view])
  return { users, setState }
}
