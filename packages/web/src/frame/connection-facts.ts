/** A frame that passed, as the inspector shows it. */
export interface SeenFrame {
  /** Counts up from 1. */
  number: number
  /** Milliseconds since 1970. */
  at: number
  direction: 'sent' | 'received'
  /** The frame's JSON. */
  text: string
}

export type ConnectionState = 'connecting' | 'open' | 'waiting' | 'offline' | 'refused' | 'closed'

/** What is true of the app's one connection at this moment. */
export interface ConnectionFacts {
  state: ConnectionState
  /** Why it is not open, in a sentence. */
  why: string | null
  transport: string
  /** Of the last ping, in milliseconds. */
  roundTripMs: number | null
  /** The revision that the page's channel is at. */
  revision: number | null
  /** Since the page was opened: how often the connection was lost. */
  lost: number
  /** Since the page was opened: changes that came by catching up rather than live. */
  healed: number
}
