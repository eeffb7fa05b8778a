/** Where one's own write stands. What came from the log is always acknowledged. */
export type Delivery =
  | { state: 'acknowledged' }
  | { state: 'pending' }
  | { state: 'failed' /** “Not sent: …” */; why: string }

/** A chat message as the page shows it. */
export interface Message {
  /** Stays the same from the first keystroke sent to the record acknowledged, so that its row never remounts. */
  key: string
  /** The record's id; null until the server gave one. */
  id: string | null
  /** Its place in the log; null until acknowledged. */
  pos: number | null
  author: string
  /** Milliseconds since 1970. */
  at: number
  edited: boolean
  text: string
  replyTo: string | null
  delivery: Delivery
}
