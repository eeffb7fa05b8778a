/**
 * The doorbell between nodes. It may lose, repeat, delay and reorder: a bell tells that a channel
 * moved, and carries the changes if they are small; the store stays the truth. `backbone.contract.ts`
 * beside this file is the suite that every adapter passes.
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
      /** JSON text. */
      readonly data: string
      readonly user: string | null
    }
  /** Sign-ins were revoked. Heard by every node, whatever it listens to. */
  | { readonly kind: 'revoked' }

export interface Backbone {
  /** Tells the other nodes. Never throws and never waits: a lost bell costs time, not data. */
  ring(bell: Bell): void
  /**
   * Resolves when bells of this channel will be heard; where the nodes are cut from each other, at
   * once, and a doubt follows when they are not. Returns its stop. Rejects only once closed.
   */
  listen(channel: string): Promise<Stop>
  /** Called for each bell that another node rang and that concerns this one. Set once, before the first `listen`. */
  onBell(hear: (bell: Bell) => void): void
  /** Called when bells may have been lost (after a cut connection is back): the store is then looked at. */
  onDoubt(doubt: () => void): void
  /** Rings a bell that only this node hears. Resolves when it was heard; rejects where it can't be, or is not within seconds. */
  probe(): Promise<void>
  close(): Promise<void>
}
