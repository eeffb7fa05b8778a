/** What the inspector shows of a channel's log: the newest changes that it has read. */
import type { Change, ChannelDescription } from 'dovetail-protocol'

export interface LogState {
  /** The newest first. */
  readonly changes: readonly Change[]
  /** The newest revision that was read; null: none was. */
  readonly head: number | null
}

export const nothingRead: LogState = { changes: [], head: null }

/** So many changes are shown and kept. */
export const maxChanges = 200
/** So many revisions before the head are read first. */
const firstRevisions = 50

/** The cursor from which the last revisions of a log are read. */
export function beforeHead({ epoch, head, cursor }: ChannelDescription): string {
  if (epoch === null) return cursor
  return head <= firstRevisions ? '0' : `${epoch}.${head - firstRevisions}`
}

export function taken({ changes, head }: LogState, read: readonly Change[]): LogState {
  if (read.length === 0) return { changes, head }
  return { changes: [...read.toReversed(), ...changes].slice(0, maxChanges), head: read.at(-1)?.record.rev ?? head }
}

export interface RecordAddress {
  readonly collection: string
  readonly id: string
}

/** The revisions of one record among these changes, the newest first. */
export function revisionsOf(changes: readonly Change[], { collection, id }: RecordAddress): readonly Change[] {
  return changes.filter((change) => change.collection === collection && change.record.id === id)
}
