import type { PresenceView } from '@dovetail/client'
import type { PresentUser } from '@dovetail/protocol'
import { useCallback, useEffect, useState, useSyncExternalStore } from 'react'

const nobody: readonly PresentUser[] = []

interface WithPresence {
  presence(): PresenceView
}

/** Who is in a channel now. The caller is there too for as long as the component shows it. */
export function usePresence(channel: WithPresence): readonly PresentUser[] {
  const [view, setView] = useState<PresenceView | null>(null)
  useEffect(() => {
    const opened = channel.presence()
    setView(opened)
    return () => {
      opened.close()
      setView(null)
    }
  }, [channel])
  const subscribe = useCallback((listener: () => void) => view?.subscribe(listener) ?? (() => undefined), [view])
  return useSyncExternalStore(subscribe, () => view?.getSnapshot() ?? nobody)
}
