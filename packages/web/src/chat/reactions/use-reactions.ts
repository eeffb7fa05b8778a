import { useLive } from 'dovetail-client/react'
import { useCallback, useEffect, useMemo, useState } from 'react'
import type { ReactionData } from '../../session/data-types.ts'
import type { ChatChannel } from '../channels/chat-channel.ts'
import { createTallyConverter, emojiKey, type Tallies } from './tallies.ts'

const pageSize = 200

export interface Reactions {
  tallies: Tallies
  /** Adds the reader's reaction to a message, or removes it. */
  toggle: (message: string, emoji: string) => void
}

/**
 * The reactions to the messages from `oldestPos` on. A reaction is newer than its message, so all of them are loaded
 * once the oldest loaded reaction is older than the oldest message.
 */
export function useReactions(channel: ChatChannel, me: string | null, oldestPos: number | null): Reactions {
  const { records, hasOlder, loadingOlder, loadOlder, create, ...live } = useLive<ReactionData>(
    channel.name,
    'reactions',
    { limit: pageSize },
  )
  const remove = live.delete
  const [toTallies] = useState(createTallyConverter)
  const tallies = useMemo(() => toTallies(records, me ?? ''), [toTallies, records, me])

  const oldestRead = records[0]?.record?.pos ?? null
  const needsOlder = hasOlder && !loadingOlder && oldestRead !== null && oldestPos !== null && oldestRead > oldestPos
  useEffect(() => {
    // A page that can't be read now is requested again with the next older messages.
    if (needsOlder) loadOlder().catch(() => undefined)
  }, [loadOlder, needsOlder])

  const toggle = useCallback(
    (message: string, emoji: string) => {
      const own = tallies.get(message)?.find((tally) => emojiKey(tally.emoji) === emojiKey(emoji))?.own ?? null
      if (own === null) create({ message, emoji })
      else if (own !== 'pending') remove(own.id)
    },
    [create, remove, tallies],
  )
  return { tallies, toggle }
}
