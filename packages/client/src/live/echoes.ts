/**
 * Finds echoes: records that are the outcome of a create whose reply has not come yet. A create's change may arrive
 * before its reply, and after a reload the record is in the page while the write still waits to be sent again. The
 * list must not show both. A record counts as the echo of a sent write if it has the same author, the same data
 * (unless it was edited since) and a revision above the cursor held before; each write has one echo. The echo is
 * held back for a moment, since the reply usually comes in it. Then the echo replaces the pending row.
 */
import type { AnyData, LiveRecord } from 'dovetail-protocol'
import { parseCursor } from 'dovetail-protocol/cursor'
import type { Clock, Stop } from '../base/clock.ts'
import { nothing } from '../base/nothing.ts'
import type { OutboxEntry } from '../writes/outbox-entry.ts'
import { asSent, isSameJson } from '../writes/same-json.ts'
import type { LiveEntry } from './live-view.ts'

/** How long an echo is held back. */
const heldMs = 1500

/** What the list does not show: records by their id, and writes by their key. */
export interface Echoes {
  readonly records: ReadonlySet<string>
  readonly writes: ReadonlySet<string>
}

export interface EchoSearch {
  /** In rising `pos`. */
  readonly rows: readonly LiveEntry<AnyData>[]
  readonly writes: readonly OutboxEntry[]
  readonly user: string | null
  /** The epoch that the rows belong to. */
  readonly epoch: string | null
  /** Whether a record is known to be the outcome of another write. */
  readonly isClaimed: (id: string) => boolean
}

const none: Echoes = { records: new Set(), writes: new Set() }

export class EchoFinder {
  readonly #clock: Clock
  readonly #overdue: () => void
  /** When each echo was first seen. */
  #seenAt = new Map<string, number>()
  #stopTimer: Stop = nothing

  /** `overdue` is called when the time to hold back an echo is over. */
  constructor(clock: Clock, overdue: () => void) {
    this.#clock = clock
    this.#overdue = overdue
  }

  find(search: EchoSearch): Echoes {
    const pairs = pair(search)
    if (pairs.size === 0 && this.#seenAt.size === 0) return none
    const now = this.#clock.now()
    this.#seenAt = new Map([...pairs.keys()].map((id) => [id, this.#seenAt.get(id) ?? now]))
    const held = [...this.#seenAt].filter(([, seenAt]) => now - seenAt < heldMs)
    const records = new Set(held.map(([id]) => id))
    const writes = new Set([...pairs].filter(([id]) => !records.has(id)).map(([, { key }]) => key))
    this.#stopTimer()
    if (held.length > 0) {
      const firstSeenAt = Math.min(...held.map(([, seenAt]) => seenAt))
      this.#stopTimer = this.#clock.after(firstSeenAt + heldMs - now, this.#overdue)
    }
    return { records, writes }
  }

  close(): void {
    this.#stopTimer()
  }
}

/** Maps record ids to the writes whose outcome they seem to be. */
function pair({ rows, writes, user, epoch, isClaimed }: EchoSearch): Map<string, OutboxEntry> {
  const pairs = new Map<string, OutboxEntry>()
  const sent = writes.filter(({ op, progress }) => op === 'create' && progress.name === 'sent')
  if (sent.length === 0 || user === null) return pairs
  const lowest = Math.min(...sent.map((write) => revisionBefore(write, epoch)))
  const candidates = rows
    .flatMap(({ record }) => record ?? [])
    .filter(({ id, pos, author }) => pos > lowest && author === user && !isClaimed(id))
  for (const write of sent) {
    const before = revisionBefore(write, epoch)
    const echo = findEcho(
      write,
      candidates.filter(({ id, pos }) => pos > before && !pairs.has(id)),
    )
    if (echo !== undefined) pairs.set(echo.id, write)
  }
  return pairs
}

/** The first candidate with the same data; else the first one that was edited since, whose first data is unknown. */
function findEcho(write: OutboxEntry, candidates: readonly LiveRecord[]): LiveRecord | undefined {
  const data = asSent(write.data)
  return candidates.find((record) => isSameJson(record.data, data)) ?? candidates.find(({ pos, rev }) => rev > pos)
}

/** The revision of the log before the write was sent. When it is unknown or of another epoch, any record may be the write's. */
function revisionBefore({ since }: OutboxEntry, epoch: string | null): number {
  const cursor = since === null ? null : parseCursor(since)
  return cursor?.epoch === epoch ? (cursor?.rev ?? 0) : 0
}
