import type { MyChannel } from '@dovetail/client'
import { useConnection } from '@dovetail/client/react'
import { useCallback, useEffect, useState } from 'react'
import { useAppClient } from '../session/session-context.ts'
import { useChannelPulse } from './use-channel-pulse.ts'

const none: readonly MyChannel[] = []

/** The reader's channels with what is unread in them, kept true while the page is open. */
export function useMyChannels(open: string | null): { mine: readonly MyChannel[] | null; refresh: () => void } {
  const client = useAppClient()
  const { name: connection } = useConnection()
  const [mine, setMine] = useState<readonly MyChannel[] | null>(null)
  const refresh = useCallback(() => {
    client.myChannels().then(setMine, () => {
      // What one knew stays; the foot line tells of the connection. A first visit begins without any.
      setMine((known) => known ?? none)
    })
  }, [client])
  useEffect(() => {
    if (connection === 'open') refresh()
    window.addEventListener('focus', refresh)
    return () => window.removeEventListener('focus', refresh)
  }, [refresh, connection])
  useChannelPulse(mine ?? none, open, refresh)
  return { mine, refresh }
}
