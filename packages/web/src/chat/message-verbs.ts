import type { Message } from './message.ts'

/** What a reader can do with a message. */
export interface MessageVerbs {
  /** The reader's own user id; null before there is one. */
  me: string | null
  /** Whether the reader may delete what others said. */
  moderates: boolean
  edit: (message: Message, text: string) => void
  remove: (message: Message) => void
  /** Sends a failed message again. */
  retry: (message: Message) => void
  /** Forgets a failed message. */
  discard: (message: Message) => void
  reply: (message: Message) => void
  /** Puts the reader's reaction under a message, or takes it back. */
  react: (message: Message, emoji: string) => void
  /** Leads to the message at this position. */
  open: (pos: number) => void
}
