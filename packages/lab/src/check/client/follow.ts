/** One reading of a channel by one transport, from a cursor until the connection ends. */
import type { Range } from '../judge/observation.ts'

export const transports = ['websocket', 'sse', 'long-poll', 'poll'] as const
export type CheckTransport = (typeof transports)[number]

export interface FollowOptions {
  readonly url: string
  readonly channel: string
  readonly token: string | null
  readonly after: string
  readonly signal: AbortSignal
  /** The reading has begun and goes on from `after`. */
  readonly onOpen: () => void
  /** `epoch`: comes with the first changes of a reader that had none; else `null`. */
  readonly onRange: (range: Range, epoch: string | null) => void
  /** For how long nothing is asked between two polls. */
  readonly pause: (ms: number) => Promise<unknown>
}

/** Resolves or rejects when the connection ended; rejects with `Reset` where the cursor can't be continued. */
export type Follow = (following: FollowOptions) => Promise<void>

/** Thrown after a reset: everything the reader holds is void and has to be read again. */
export class Reset extends Error {
  readonly reason: string
  readonly cursor: string
  constructor(reason: string, cursor: string) {
    super(`reset: ${reason}`)
    this.reason = reason
    this.cursor = cursor
  }
}

/** The frame that every transport gives: of a stream by its `op`, of a poll without one. */
export interface ChangesFrame extends Range {
  readonly epoch?: string | null
}

export function authorization(token: string | null): Record<string, string> {
  return token === null ? {} : { authorization: `Bearer ${token}` }
}
