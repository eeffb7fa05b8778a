/**
 * The doorbell between nodes. It may lose, repeat, delay and reorder: a bell tells that a channel
 * moved, and carries the changes if they are small; the store stays the truth.
 */

import type { Stop } from './clock.ts'
import type { StoredRecord } from './stored-record.ts'

export type Bell =
  | {
      readonly kind: 'advanced'
      readonly channel: string
      readonly epoch: string
      /** The head that this bell tells of. */
      readonly head: number
      /** The changes up to `head`, revisions without a hole; empty where they were too large to carry. */
      readonly changes: readonly StoredRecord[]
    }
  | { readonly kind: 'dropped'; readonly channel: string }
  | {
      readonly kind: 'signal'
      readonly channel: string
      readonly type: string
      readonly data: string
      readonly user: string | null
    }

export interface Backbone {
  /** Tells the other nodes. Never throws and never waits: a lost bell costs time, not data. */
  ring(bell: Bell): void
  /** Resolves when bells of this channel will be heard. Returns its stop. */
  listen(channel: string): Promise<Stop>
  /** Called for each bell that another node rang on a channel listened to. Set once, before the first `listen`. */
  onBell(hear: (bell: Bell) => void): void
  /** Called when bells may have been lost (a cut connection): every hub then looks at the store. */
  onDoubt(doubt: () => void): void
  close(): Promise<void>
}
