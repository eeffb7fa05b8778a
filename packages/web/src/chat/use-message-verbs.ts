import type { Live } from '@dovetail/client/react'
import { useMemo } from 'react'
import type { MessageData } from '../session/data-types.ts'
import type { Message } from './message.ts'
import type { MessageVerbs } from './message-verbs.ts'

export interface MessageVerbsInput extends Pick<MessageVerbs, 'me' | 'moderates' | 'reply' | 'open'> {
  /** What can be done with rows; the same functions from one record to the next. */
  live: Pick<Live<MessageData>, 'update' | 'delete' | 'retry' | 'discard'>
  toggle: (message: string, emoji: string) => void
}

/** The verbs, one object for as long as nothing about them changes. */
export function useMessageVerbs({ live, toggle, me, moderates, reply, open }: MessageVerbsInput): MessageVerbs {
  const { update, delete: erase, retry, discard } = live
  return useMemo(
    () => ({
      me,
      moderates,
      reply,
      open,
      edit: ({ id }: Message, text: string) => {
        if (id !== null) update(id, { text })
      },
      remove: ({ id }: Message) => {
        if (id !== null) erase(id)
      },
      retry: ({ key }: Message) => retry(key),
      discard: ({ key }: Message) => discard(key),
      react: ({ id }: Message, emoji: string) => {
        if (id !== null) toggle(id, emoji)
      },
    }),
    [update, erase, retry, discard, toggle, me, moderates, reply, open],
  )
}
