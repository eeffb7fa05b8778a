import { useCallback, useEffect, useState } from 'react'
import { useAppClient } from '../../session/session-context.ts'
import { mergeChannels } from './merge-channels.ts'

/** The public channels: those that exist, and the defaults. Read again when the window gets the focus. */
export function useChannels(open: string | null): string[] {
  const client = useAppClient()
  const [found, setFound] = useState<readonly string[]>([])
  const read = useCallback(async () => {
    try {
      const { channels } = await client.channels({ prefix: 'chat:', limit: 500 })
      setFound(channels.map(({ name }) => name))
    } catch {
      // The current list stays; the footer shows the state of the connection.
    }
  }, [client])
  useEffect(() => {
    void read()
    window.addEventListener('focus', read)
    return () => window.removeEventListener('focus', read)
  }, [read])
  return mergeChannels(found, open)
}
