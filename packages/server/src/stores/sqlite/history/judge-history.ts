/** Decides whether a file is the one that the server left, by the file's content and by the mark beside it. */
import type { FileIdentity, HistoryMark, LastCommit } from './history-mark.ts'

/** The row in the file. */
export interface RecordedHistory {
  readonly run: string
  readonly previous: string
  /** How often channels were dropped or renewed. */
  readonly changes: number
}

export interface Found {
  /** `null`: no build that keeps a history has served the file. */
  readonly row: RecordedHistory | null
  readonly hasChannels: boolean
  /** `null`: there is no mark. */
  readonly mark: HistoryMark | 'unreadable' | null
  /** The identities of the two files now; `null`: there is no mark. */
  readonly now: Pick<HistoryMark, 'file' | 'self'> | null
  /** Whether the file contains the commit. */
  readonly has: (commit: LastCommit) => boolean
}

/** Why the file is not the one that the server left, in words that follow "it"; `null`: it is the one. */
export function findForeign(found: Found): string | null {
  const { row, mark } = found
  if (row === null) return mark !== null && found.hasChannels ? 'is of another build than the mark beside it' : null
  if (mark === null) return 'has no mark beside it'
  if (mark === 'unreadable') return 'has a mark beside it that can not be read'
  if (found.now === null || !isSame(mark.self, found.now.self)) return 'was copied or put back with its whole folder'
  if (!isSame(mark.file, found.now.file)) return 'is another file than the one that was served here'
  // A stop between the two writes leaves the mark one run behind.
  if (mark.run !== row.run && mark.run !== row.previous) return 'is of another run than the mark beside it'
  const isOlder = row.changes < mark.changes
  const lacksLast = row.changes === mark.changes && mark.last !== null && !found.has(mark.last)
  return isOlder || lacksLast ? 'lacks commits that were acknowledged' : null
}

/** Compares times of creation where the system keeps them, since no copy preserves them; inode numbers are reused. */
function isSame(before: FileIdentity, now: FileIdentity): boolean {
  if (before.born !== null && now.born !== null) return before.born === now.born
  return before.number === now.number
}
