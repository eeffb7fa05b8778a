import type { Message } from './message.ts'

/** Everything that a reader can do with a message. */
export interface MessageCommands {
  /** The reader's own user id; null before there is one. */
  me: string | null
  /** Whether the reader may delete messages of others. */
  canModerate: boolean
  edit: (message: Message, text: string) => void
  remove: (message: Message) => void
  /** Sends a failed message again. */
  retry: (message: Message) => void
  /** Drops a failed message. */
  discard: (message: Message) => void
  reply: (message: Message) => void
  /** Adds the reader's reaction to a message, or removes it. */
  react: (message: Message, emoji: string) => void
  /** Goes to the message at this position. */
  open: (pos: number) => void
}
