import type { LiveView } from '@dovetail/client'
import { useMemo } from 'react'
import type { MessageData } from '../session/data-types.ts'
import type { Message } from './message.ts'
import type { MessageVerbs } from './message-verbs.ts'

export interface MessageVerbsInput extends Pick<MessageVerbs, 'me' | 'moderates' | 'reply' | 'open'> {
  view: LiveView<MessageData> | null
  toggle: (message: string, emoji: string) => void
}

/** The verbs, one object for as long as nothing about them changes. */
export function useMessageVerbs({ view, toggle, me, moderates, reply, open }: MessageVerbsInput): MessageVerbs {
  return useMemo(
    () => ({
      me,
      moderates,
      reply,
      open,
      edit: ({ id }: Message, text: string) => {
        if (id !== null) view?.update(id, { text })
      },
      remove: ({ id }: Message) => {
        if (id !== null) view?.delete(id)
      },
      retry: ({ key }: Message) => view?.retry(key),
      discard: ({ key }: Message) => view?.discard(key),
      react: ({ id }: Message, emoji: string) => {
        if (id !== null) toggle(id, emoji)
      },
    }),
    [view, toggle, me, moderates, reply, open],
  )
}
