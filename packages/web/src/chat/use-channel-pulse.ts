import type { MyChannel } from '@dovetail/client'
import { useEffect } from 'react'
import { useAppClient } from '../session/session-context.ts'
import { chatChannel } from './chat-channel.ts'

const most = 30 // channels watched at once; the rest are counted when the window is looked at again
const settleMs = 400 // a burst of messages is counted once

/** Calls `onPulse` soon after something new was said in one of the channels, the open one aside. */
export function useChannelPulse(channels: readonly MyChannel[], open: string | null, onPulse: () => void): void {
  const client = useAppClient()
  const watched = channels
    .map(({ channel }) => channel)
    .filter((channel) => channel !== open)
    .slice(0, most)
    .sort()
    .join(' ')

  useEffect(() => {
    if (watched === '') return
    let timer: ReturnType<typeof setTimeout> | undefined
    const stops = watched.split(' ').map((name) => {
      const view = chatChannel(client, name).collection('messages').live({ limit: 1 })
      let newest: string | null = null
      const stop = view.subscribe(() => {
        const { cursor } = view.getSnapshot()
        const moved = newest !== null && cursor !== newest
        newest = cursor
        if (!moved) return
        clearTimeout(timer)
        timer = setTimeout(onPulse, settleMs)
      })
      return () => {
        stop()
        view.close()
      }
    })
    return () => {
      clearTimeout(timer)
      for (const stop of stops) stop()
    }
  }, [client, watched, onPulse])
}
