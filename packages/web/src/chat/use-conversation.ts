import { useCallback, useEffect, useMemo, useState } from 'react'
import { useLive } from '../session/use-live.ts'
import type { ChatChannel } from './chat-channel.ts'
import { createQuotes } from './quotes.ts'
import { createToMessages } from './to-message.ts'

const pageSize = 50

/** A channel's messages, live, from the newest or from a place in the history. */
export function useConversation(channel: ChatChannel, me: string | null, startAt: number | null) {
  const collection = useMemo(() => channel.collection('messages'), [channel])
  const { view, snapshot } = useLive(collection, { limit: pageSize, ...(startAt !== null && { around: startAt }) })
  const [toMessages] = useState(createToMessages)
  const messages = useMemo(() => toMessages(snapshot.records, me ?? ''), [toMessages, snapshot.records, me])

  const quotes = useMemo(() => createQuotes(collection), [collection])
  useEffect(() => quotes.learn(messages), [quotes, messages])

  const send = useCallback(
    (text: string, replyTo: string | null) => {
      view?.create(replyTo === null ? { text } : { text, replyTo })
    },
    [view],
  )
  const { hasOlder, hasNewer } = snapshot
  // A page that can't be read now is asked for again by the next scroll.
  const onOlder = useMemo(
    () => (view !== null && hasOlder ? () => void view.loadOlder().catch(() => undefined) : null),
    [view, hasOlder],
  )
  const onNewer = useMemo(
    () => (view !== null && hasNewer ? () => void view.loadNewer().catch(() => undefined) : null),
    [view, hasNewer],
  )
  return { collection, view, snapshot, messages, quotes, send, onOlder, onNewer }
}
