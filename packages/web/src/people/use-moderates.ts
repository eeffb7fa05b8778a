import { useEffect, useState } from 'react'
import type { ChatChannel } from '../chat/chat-channel.ts'

/** Whether the reader is an owner or a moderator of a channel. One's own membership is one small read. */
export function useModerates(channel: ChatChannel, me: string | null): boolean {
  const [moderates, setModerates] = useState(false)
  useEffect(() => {
    if (me === null) return
    let shown = true
    // The demo's id of a membership: the user's name, with `~` for the `+` that record ids may not hold.
    channel
      .collection('members')
      .get(me.replaceAll('+', '~'))
      .then(
        ({ data }) => shown && setModerates(data.role === 'owner' || data.role === 'moderator'),
        () => shown && setModerates(false),
      )
    return () => {
      shown = false
    }
  }, [channel, me])
  return moderates
}
