import type { MyChannel } from 'dovetail-client'
import { useState } from 'react'

/**
 * The position read up to when the channel was opened, for the unread line. Reading on does not move it; opening
 * another channel does. Null if nothing was unread or nothing is known.
 */
export function useUnreadAtOpening(channel: string, mine: readonly MyChannel[] | null): number | null {
  const [opening, setOpening] = useState<{ channel: string; read: number | null } | null>(null)
  if (mine === null) return null
  if (opening?.channel === channel) return opening.read
  const known = mine.find((each) => each.channel === channel)
  const read = known !== undefined && known.unread > 0 && known.read > 0 ? known.read : null
  setOpening({ channel, read })
  return read
}
