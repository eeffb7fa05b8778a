import type { MyChannel } from 'dovetail-client'
import { useEffect, useRef } from 'react'
import { useAppClient } from '../../session/session-context.ts'
import { chatChannel } from '../channels/chat-channel.ts'

const most = 30 // channels watched at once; the others are counted when the window gets the focus
const settleMs = 400 // a burst of messages is counted once

/** Calls `onActivity` soon after a change to the messages of one of the channels, except the open one. */
export function useChannelActivity(channels: readonly MyChannel[], open: string | null, onActivity: () => void): void {
  const client = useAppClient()
  const listed = useRef(channels)
  useEffect(() => {
    listed.current = channels
  })
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
      // What came between the reading of the list and the opening of the view counts, too.
      let newest = listed.current.find(({ channel }) => channel === name)?.cursor ?? null
      const stop = view.subscribe(() => {
        const { cursor } = view.getSnapshot()
        if (cursor === null) return
        const moved = newest !== null && cursor !== newest
        newest = cursor
        if (!moved) return
        clearTimeout(timer)
        timer = setTimeout(onActivity, settleMs)
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
  }, [client, watched, onActivity])
}
