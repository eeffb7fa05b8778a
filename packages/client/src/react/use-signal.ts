import type { Signal } from 'dovetail-protocol'
import { useCallback, useEffect, useRef } from 'react'
import { useClient } from './context.tsx'

/** Passes a channel's signals to the newest `listener` while the component is mounted. Returns a function that sends a signal. */
export function useSignal(
  channel: string,
  listener?: (signal: Signal) => void,
): (type: string, data: unknown) => Promise<void> {
  const client = useClient()
  const newest = useRef(listener)
  useEffect(() => {
    newest.current = listener
  })
  const listens = listener !== undefined
  useEffect(() => {
    if (!listens) return
    return client.channel(channel).onSignal((signal) => newest.current?.(signal))
  }, [client, channel, listens])
  return useCallback((type, data) => client.channel(channel).signal(type, data), [client, channel])
}
