import { useCallback, useEffect, useRef } from 'react'
import { useAppClient } from '../../session/session-context.ts'

const settleMs = 600 // several messages in a row move the marker once

/**
 * chat/reading/: how far has the reader read, and how do they get to another day?
 *
 * Moves the read marker of a channel to the last message seen, while the page is visible.
 */
export function useReadMarker(channel: string, onMoved: () => void): (pos: number) => void {
  const client = useAppClient()
  const marked = useRef(0)
  const seen = useRef(0)
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)

  const mark = useCallback(() => {
    if (document.visibilityState !== 'visible' || seen.current <= marked.current) return
    const pos = seen.current
    marked.current = pos
    client.markRead(channel, pos).then(onMoved, () => {
      marked.current = 0
    })
  }, [client, channel, onMoved])

  useEffect(() => {
    document.addEventListener('visibilitychange', mark)
    return () => {
      document.removeEventListener('visibilitychange', mark)
      clearTimeout(timer.current)
      // Who leaves at once has read what they saw, too.
      mark()
    }
  }, [mark])

  return useCallback(
    (pos: number) => {
      seen.current = Math.max(seen.current, pos)
      clearTimeout(timer.current)
      timer.current = setTimeout(mark, settleMs)
    },
    [mark],
  )
}
