/** What happened to the logs that this node follows, since its start: plain numbers, which the metrics read. */
import type { ResetReason } from 'dovetail-protocol'
import { Distribution, secondBounds } from './distribution.ts'
import { Recent } from './recent.ts'

/** A reader that was told to start over. */
export interface Reset {
  /** Milliseconds since the Unix epoch. */
  readonly at: number
  readonly channel: string
  readonly reason: ResetReason
  /** `null`: nobody known. */
  readonly user: string | null
}

export class LogCounts {
  /** Seconds from when this node knew of the oldest change of a flush until the flush was written to its live readers. */
  readonly deliveryLag = new Distribution(secondBounds)
  /** Readers that were told to start over. */
  readonly resets: Record<ResetReason, number> = { ahead: 0, epoch: 0, expired: 0 }
  readonly recentResets = new Recent<Reset>(50)
  /** Set by who wants to be told of each. */
  onReset: (reset: Reset) => void = () => {}
  /** Times that changes did not come by notification in time, and were read from the store. */
  repairs = 0
  /** Notifications published to other nodes. */
  published = 0

  readonly #now: () => number

  /** `now`: milliseconds since the Unix epoch. */
  constructor(now: () => number) {
    this.#now = now
  }

  reset(channel: string, reason: ResetReason, user: string | null): void {
    this.resets[reason]++
    const reset = { at: this.#now(), channel, reason, user }
    this.recentResets.add(reset)
    this.onReset(reset)
  }

  repaired(): void {
    this.repairs++
  }
}
