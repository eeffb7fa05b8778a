/** Who reads in a run: by which transport, with the SDK or without. */
import type { Dice } from './dice.ts'
import type { Nodes } from './nodes.ts'
import type { Seen } from './observation.ts'

export const transports = ['websocket', 'sse', 'long-poll', 'poll'] as const
export type CheckTransport = (typeof transports)[number]

export interface ReaderOptions {
  readonly name: string
  readonly nodes: Nodes
  readonly channel: string
  readonly collection: string
  readonly token: string | null
  readonly transport: CheckTransport
  readonly dice: Dice
  readonly pause: (ms: number) => Promise<unknown>
}

export interface Reader {
  /** Begins; resolves once it has its page and follows. */
  open(): Promise<void>
  /** Loses its connection, as in a tunnel, and comes back by itself, to whichever server is next. */
  drop(): void
  /** Resolves when the stream has brought it there and its history is read. */
  reached(epoch: string | null, rev: number): Promise<void>
  readonly seen: Seen
  close(): void
}
