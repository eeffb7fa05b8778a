/**
 * A write that is not acknowledged yet, as it is kept over a reload.
 *
 *   waiting ──── sent ────▶ sent ──── acknowledged ────▶ removed: its record is in the log
 *      ▲                    │  │
 *      ├─ 429: not written ─┘  ├──── no answer ─────────▶ sent again, with the same key
 *      │                       └──── refused ───────────▶ failed
 *      └──────────── retry ───────────────────────────────── │ ── discard ──▶ removed
 *
 * Longer ago than the server remembers keys, and after a reload, `sent` is first looked for in the log
 * (find-outcome.ts). Where the log does not say, the write becomes `failed` with `outcome_unknown`.
 */
import type { DovetailError } from '../base/errors.ts'
import type { Write } from './write.ts'

export interface OutboxEntry extends Write {
  /** The key of the unacknowledged create whose record this write changes. Its id becomes `recordId` when it is known. */
  readonly target?: string | undefined
  /** The user who made the write; it is sent for no other user. Null until the server has said who the caller is. */
  readonly user: string | null
  /** Rises with each write of this client. */
  readonly order: number
  /** ms since the Unix epoch. */
  readonly writtenAt: number
  /** When it was sent for the first time, in ms since the Unix epoch; null: never. */
  readonly sentAt: number | null
  /** A cursor held before the write was first sent: its record, if it was committed, is above this cursor. Null: unknown. */
  readonly since: string | null
  /** For an edit made in a view: the row's data with the edit, to show a failed edit whose record is not loaded. */
  readonly preview?: unknown
  readonly progress:
    | { readonly name: 'waiting' }
    /** Sent at least once, the outcome unknown so far. */
    | { readonly name: 'sent' }
    | { readonly name: 'failed'; readonly error: Pick<DovetailError, 'code' | 'detail' | 'status' | 'errors'> }
}

/** The input of the outbox, which adds the user, the time and the state. */
export type OutboxWrite = Omit<Write, 'key'> &
  Pick<OutboxEntry, 'target' | 'since' | 'preview'> & { readonly key?: string | undefined }
