/** The observations of writers and readers, which are the only evidence. Nothing here comes from a server's own metrics. */
import type { AnyRecord, Change } from 'dovetail-protocol'

export interface Range {
  readonly from: number
  readonly to: number
  readonly changes: readonly Change[]
  /** Monotonic ms, by the clock of the writers' times; absent: not known. */
  readonly receivedAt?: number
}

/** What one reading received: it begins at a revision, and its ranges must join. */
export interface Segment {
  readonly epoch: string | null
  readonly start: number
  readonly ranges: Range[]
}

/** The server declared void what the reader holds. */
export interface ResetNotice {
  readonly reason: string
  readonly fromEpoch: string | null
  readonly toEpoch: string | null
}

/** One page of a collection, as a reader received it. */
export interface PageRead {
  readonly limit: number
  /** What was asked for: the records below this `pos`; `null`: the newest. */
  readonly before: number | null
  readonly records: readonly AnyRecord[]
  /** Where the reply says that the older records are; `null`: there are none. */
  readonly next: number | null
  /** The revision that the newest page was read at; `null` of older pages, which have no cursor. */
  readonly rev: number | null
}

export interface Observation {
  readonly name: string
  /** Empty for a reader that is not shown its frames (the SDK's). */
  readonly segments: readonly Segment[]
  readonly resets: readonly ResetNotice[]
  /** The revision that the reader stands at, and in which incarnation of the log. */
  readonly epoch: string | null
  readonly rev: number
  /** The newest state of each record that the reader holds; tombstones may be among them. */
  readonly view: readonly AnyRecord[]
  /** Its readings of the history, each from the newest page to the oldest that it received. Empty: it is not shown pages. */
  readonly histories: readonly (readonly PageRead[])[]
}

/** A reader that only follows: it holds no records, and need not arrive. */
export interface Stream {
  readonly name: string
  readonly segments: readonly Segment[]
}

/** A write whose reply came. */
export interface Acknowledged {
  readonly id: string
  /** `null`: deleted. */
  readonly text: string | null
  readonly epoch: string | null
  /** `null` where the reply does not contain it (a delete). */
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
