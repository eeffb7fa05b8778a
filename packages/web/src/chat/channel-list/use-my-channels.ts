import { type MyChannel, onMyChannels } from 'dovetail-client'
import { useConnection } from 'dovetail-client/react'
import { useCallback, useEffect, useState } from 'react'
import { useAppClient } from '../../session/session-context.ts'
import { useChannelActivity } from './use-channel-activity.ts'

const none: readonly MyChannel[] = []

/** The reader's channels with their unread counts, kept current while the page is open. */
export function useMyChannels(open: string | null): { mine: readonly MyChannel[] | null; refresh: () => void } {
  const client = useAppClient()
  const { name: connection } = useConnection()
  const [mine, setMine] = useState<readonly MyChannel[] | null>(null)
  const refresh = useCallback(() => {
    client.myChannels().then(setMine, () => {
      // The known channels stay; the footer shows the state of the connection. A first visit starts without any.
      setMine((known) => known ?? none)
    })
  }, [client])
  useEffect(() => {
    if (connection === 'open') refresh()
    window.addEventListener('focus', refresh)
    return () => window.removeEventListener('focus', refresh)
  }, [refresh, connection])
  useEffect(() => onMyChannels(client, refresh), [client, refresh])
  useChannelActivity(mine ?? none, open, refresh)
  return { mine, refresh }
}
