import { useLive } from '@dovetail/client/react'
import { useCallback, useEffect, useMemo, useState } from 'react'
import type { MessageData } from '../session/data-types.ts'
import type { ChatChannel } from './chat-channel.ts'
import { createQuotes } from './quotes.ts'
import { createToMessages } from './to-message.ts'

const pageSize = 50

/** A channel's messages, live, from the newest or from a place in the history. */
export function useConversation(channel: ChatChannel, me: string | null, startAt: number | null) {
  const collection = useMemo(() => channel.collection('messages'), [channel])
  const live = useLive<MessageData>(channel.name, 'messages', {
    limit: pageSize,
    ...(startAt !== null && { around: startAt }),
  })
  const [toMessages] = useState(createToMessages)
  const messages = useMemo(() => toMessages(live.records, me ?? ''), [toMessages, live.records, me])

  const quotes = useMemo(() => createQuotes(collection), [collection])
  useEffect(() => quotes.learn(messages), [quotes, messages])

  const { hasOlder, hasNewer, create, loadOlder, loadNewer } = live
  const send = useCallback(
    (text: string, replyTo: string | null) => {
      create(replyTo === null ? { text } : { text, replyTo })
    },
    [create],
  )
  // A page that can't be read now is asked for again by the next scroll.
  const onOlder = useMemo(
    () => (hasOlder ? () => void loadOlder().catch(() => undefined) : null),
    [loadOlder, hasOlder],
  )
  const onNewer = useMemo(
    () => (hasNewer ? () => void loadNewer().catch(() => undefined) : null),
    [loadNewer, hasNewer],
  )
  return { collection, live, messages, quotes, send, onOlder, onNewer }
}
