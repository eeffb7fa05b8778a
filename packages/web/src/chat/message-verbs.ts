import type { Message } from './message.ts'

/** What a reader can do with a message. One object that never changes, so that rows need not render again. */
export interface MessageVerbs {
  /** The reader's own user id; null before there is one. */
  me: string | null
  edit: (message: Message, text: string) => void
  remove: (message: Message) => void
  /** Sends a failed message again. */
  retry: (message: Message) => void
  /** Forgets a failed message. */
  discard: (message: Message) => void
}
