import type { AnyRecord, Change } from 'dovetail-protocol'
import type { Acknowledged, Observation, Refused, Stream, Unknown } from './observation.ts'

export interface RunEvidence {
  readonly acknowledged: readonly Acknowledged[]
  readonly unknown: readonly Unknown[]
  readonly refused: readonly Refused[]
  /** The store was put back to an earlier moment: what was acknowledged in an epoch before the last may be gone. */
  readonly restored: boolean
  readonly epoch: string | null
  /** The whole log as `changes?after=0` gives it: each record once, in its latest state, in rising revision. */
  readonly log: readonly Change[]
  readonly head: number
  /** All pages, read anew: the living records of the collection in rising `pos`. */
  readonly fresh: readonly AnyRecord[]
  readonly readers: readonly Observation[]
  readonly streams: readonly Stream[]
}

export type Invariant =
  /** A write that a right server takes was not taken. */
  | 'refused'
  /** Acknowledged, and not in the log. */
  | 'lost'
  /** In the log, and nobody wrote it; or one write is there twice. */
  | 'phantom'
  /** The log's own order or its end is wrong, or a page is not in rising position. */
  | 'order'
  /** Two ways of reading differ. */
  | 'divergence'
  /** Ranges or pages of one reading do not join, or a record is missing in one of them. */
  | 'gap'
  /** Sent twice, or again in an older state. */
  | 'repeat'
  /** A reader did not arrive. */
  | 'late'
  /** What a reader holds was declared void although the log is the same. */
  | 'needless_reset'

export interface Complaint {
  readonly invariant: Invariant
  readonly text: string
}
