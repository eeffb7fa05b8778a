import type { Live } from 'dovetail-client/react'
import { useMemo } from 'react'
import type { MessageData } from '../../session/data-types.ts'
import type { Message } from './message.ts'
import type { MessageCommands } from './message-commands.ts'

export interface MessageCommandsInput extends Pick<MessageCommands, 'me' | 'canModerate' | 'reply' | 'open'> {
  /** The writes of the live view; these functions stay the same between renders. */
  live: Pick<Live<MessageData>, 'update' | 'delete' | 'retry' | 'discard'>
  toggle: (message: string, emoji: string) => void
}

/** The commands, as one object that stays the same until one of its inputs changes. */
export function useMessageCommands({
  live,
  toggle,
  me,
  canModerate,
  reply,
  open,
}: MessageCommandsInput): MessageCommands {
  const { update, delete: erase, retry, discard } = live
  return useMemo(
    () => ({
      me,
      canModerate,
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
    [update, erase, retry, discard, toggle, me, canModerate, reply, open],
  )
}
