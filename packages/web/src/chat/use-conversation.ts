import { useCallback, useMemo, useState } from 'react'
import { useAppClient } from '../session/session-context.ts'
import { useLive } from '../session/use-live.ts'
import { useMe } from '../session/use-me.ts'
import { chatChannel } from './chat-channel.ts'
import type { Message } from './message.ts'
import type { MessageVerbs } from './message-verbs.ts'
import { createToMessages } from './to-message.ts'

const pageSize = 50

/** A channel's messages, live, and what one can do with them. */
export function useConversation(channel: string) {
  const client = useAppClient()
  const me = useMe()
  const collection = useMemo(() => chatChannel(client, channel).collection('messages'), [client, channel])
  const { view, snapshot } = useLive(collection, { limit: pageSize })
  const [toMessages] = useState(createToMessages)
  const messages = useMemo(() => toMessages(snapshot.records, me ?? ''), [toMessages, snapshot.records, me])

  const verbs = useMemo<MessageVerbs>(
    () => ({
      me,
      edit: (message: Message, text: string) => {
        if (message.id !== null) view?.update(message.id, { text })
      },
      remove: (message: Message) => {
        if (message.id !== null) view?.delete(message.id)
      },
      retry: (message: Message) => view?.retry(message.key),
      discard: (message: Message) => view?.discard(message.key),
    }),
    [view, me],
  )
  const send = useCallback((text: string) => void view?.create({ text }), [view])
  const { hasOlder, loadingOlder, state, reason, error } = snapshot
  const loadOlder = useMemo(() => {
    if (view === null || !hasOlder) return null
    // A page that can't be read now is asked for again by the next scroll.
    return () => void view.loadOlder().catch(() => undefined)
  }, [view, hasOlder])

  return { messages, verbs, send, loadOlder, loadingOlder, state, reason, error, me }
}
