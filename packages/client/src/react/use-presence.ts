import type { PresentUser } from 'dovetail-protocol'
import { useCallback, useEffect, useMemo, useSyncExternalStore } from 'react'
import type { PresenceView } from '../live/presence.ts'
import { useClient } from './context.tsx'
import { ViewHandle } from './view-handle.ts'

const nobody: readonly PresentUser[] = []

/**
 * The users present in a channel; while the component is mounted, the caller is present too. `setState` may be
 * called from the first effect on, and takes effect when the channel is joined. The first render with another
 * channel has an empty list.
 */
export function usePresence(channel: string): { users: readonly PresentUser[]; setState(state: unknown): void } {
  const client = useClient()
  const { handle, states } = useMemo(() => {
    /** The last presence state that was set, if any, for a view that StrictMode opens again. */
    const states: unknown[] = []
    const open = () => {
      const view = client.channel(channel).presence()
      for (const state of states) view.setState(state)
      return view
    }
    return { handle: new ViewHandle<readonly PresentUser[], PresenceView>(open, nobody), states }
  }, [client, channel])
  useEffect(() => handle.open(), [handle])
  const users = useSyncExternalStore(handle.subscribe, handle.getSnapshot, () => nobody)
  const setState = useCallback(
    (state: unknown) => {
      JSON.stringify(state) // What has no JSON is refused here, not when the view opens.
      states.splice(0, 1, state)
      handle.view?.setState(state)
    },
    [handle, states],
  )
  return { users, setState }
}
