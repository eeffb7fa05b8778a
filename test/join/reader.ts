import type { Dice } from '@dovetail/lab/check'
import type { AnyRecord, Change } from '@dovetail/protocol'
import type { Progress } from './progress.ts'

export interface Range {
  readonly from: number
  readonly to: number
  readonly changes: readonly Change[]
}

/** What came of one subscription: it begins at a revision and its ranges must join. */
export interface Segment {
  readonly start: number
  readonly ranges: Range[]
}

export interface Seen {
  readonly name: string
  /** Empty for a reader that is not shown its frames. */
  readonly segments: readonly Segment[]
  readonly resets: readonly string[]
  /** The revision that the reader stands at. */
  readonly rev: number
  /** The newest state of each message that the reader holds; tombstones may be among them. */
  readonly view: readonly AnyRecord[]
}

export interface ReaderOptions {
  readonly name: string
  readonly port: number
  readonly channel: string
  readonly way: 'page' | 'last'
  readonly dice: Dice
  readonly progress: Progress
}

export interface Reader {
  /** Resolves once it has the newest page and follows the stream. */
  open(): Promise<void>
  /** Loses its connection, as in a tunnel; it comes back by itself, not before `until` has resolved where it can wait. */
  drop(until: Promise<void>): void
  /** Resolves when the stream has brought it there and its history is read. */
  reached(rev: number): Promise<void>
  readonly seen: Seen
  close(): void
}
