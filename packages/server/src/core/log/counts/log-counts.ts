/** What happened to the logs that this node follows, since its start: plain numbers, which the metrics read. */
import type { ResetReason } from 'dovetail-protocol'
import { Distribution, secondBounds } from './distribution.ts'

export class LogCounts {
  /** Seconds from when this node knew of the oldest change of a flush until the flush was written to its live readers. */
  readonly deliveryLag = new Distribution(secondBounds)
  /** Readers that were told to start over. */
  readonly resets: Record<ResetReason, number> = { ahead: 0, epoch: 0, expired: 0 }
  /** Times that changes did not come by notification in time, and were read from the store. */
  repairs = 0
  /** Notifications published to other nodes. */
  published = 0

  repaired(): void {
    this.repairs++
  }
}
