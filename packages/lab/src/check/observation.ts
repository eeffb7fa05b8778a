/** What writers and readers saw: the only evidence that counts. Nothing here comes from a server's own books. */
import type { AnyRecord, Change } from '@dovetail/protocol'

export interface Range {
  readonly from: number
  readonly to: number
  readonly changes: readonly Change[]
}

/** What came of one reading: it begins at a revision, and its ranges must join. */
export interface Segment {
  readonly epoch: string | null
  readonly start: number
  readonly ranges: Range[]
}

/** A reader was told that what it holds is void. */
export interface ResetNotice {
  readonly reason: string
  readonly fromEpoch: string | null
  readonly toEpoch: string | null
}

export interface Seen {
  readonly name: string
  /** Empty for a reader that is not shown its frames (the SDK's). */
  readonly segments: readonly Segment[]
  readonly resets: readonly ResetNotice[]
  /** The revision that the reader stands at, and in which incarnation of the log. */
  readonly epoch: string | null
  readonly rev: number
  /** The newest state of each record that the reader holds; tombstones may be among them. */
  readonly view: readonly AnyRecord[]
}

/** A write whose reply came. */
export interface Acknowledged {
  readonly id: string
  /** `null`: deleted. */
  readonly text: string | null
  readonly epoch: string | null
  /** `null` where the reply does not tell it (a delete). */
  readonly rev: number | null
  /** Monotonic ms: when it was first asked for, and when the reply came. */
  readonly invokedAt: number
  readonly repliedAt: number
}

/** A write that was given up without a reply: it may stand in the log, once. */
export interface Unknown {
  /** `null` of a create. */
  readonly id: string | null
  readonly text: string | null
}

/** A write that a server would not take, which a right one does. */
export interface Refused {
  /** `null` of a create. */
  readonly id: string | null
  readonly status: number
  readonly text: string
}
