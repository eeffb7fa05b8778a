import { useLive } from '@dovetail/client/react'
import { useCallback, useEffect, useMemo, useState } from 'react'
import type { ChatChannel } from '../chat/chat-channel.ts'
import type { ReactionData } from '../session/data-types.ts'
import { createTallies, type Tallies } from './tally.ts'

const pageSize = 200

export interface Reactions {
  tallies: Tallies
  /** Puts one's reaction under a message, or takes it back. */
  toggle: (message: string, emoji: string) => void
}

/**
 * The reactions to the messages from `oldestPos` on. A reaction is younger than its message, so they
 * are all there once the oldest reaction that was read is older than the oldest message shown.
 */
export function useReactions(channel: ChatChannel, me: string | null, oldestPos: number | null): Reactions {
  const { records, hasOlder, loadingOlder, loadOlder, create, ...live } = useLive<ReactionData>(
    channel.name,
    'reactions',
    { limit: pageSize },
  )
  const remove = live.delete
  const [toTallies] = useState(createTallies)
  const tallies = useMemo(() => toTallies(records, me ?? ''), [toTallies, records, me])

  const oldestRead = records[0]?.record?.pos ?? null
  const wanting = hasOlder && !loadingOlder && oldestRead !== null && oldestPos !== null && oldestRead > oldestPos
  useEffect(() => {
    // What can't be read now is asked for again when more messages are.
    if (wanting) loadOlder().catch(() => undefined)
  }, [loadOlder, wanting])

  const toggle = useCallback(
    (message: string, emoji: string) => {
      const own = tallies.get(message)?.find((tally) => tally.emoji === emoji)?.own ?? null
      if (own === null) create({ message, emoji })
      else if (own !== 'pending') remove(own.id)
    },
    [create, remove, tallies],
  )
  return { tallies, toggle }
}
