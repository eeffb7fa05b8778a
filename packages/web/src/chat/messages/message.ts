import type { MessageFile } from '../files/message-file.ts'

/** The state of the reader's own write. A message from the log is always acknowledged. */
export type Delivery =
  | { state: 'acknowledged' }
  | { state: 'pending' }
  | { state: 'failed' /** “Not sent: …” */; reason: string }

/**
 * chat/messages/: what is a message, and what can be done with it?
 *
 * A chat message as the page shows it.
 */
export interface Message {
  /** Stays the same from pending to acknowledged, so that the row never remounts. */
  key: string
  /** The record's id; null until acknowledged. */
  id: string | null
  /** The position in the log; null until acknowledged. */
  pos: number | null
  author: string
  /** Milliseconds since 1970. */
  at: number
  edited: boolean
  /** Empty only where it has files. */
  text: string
  files: readonly MessageFile[]
  replyTo: string | null
  delivery: Delivery
}
