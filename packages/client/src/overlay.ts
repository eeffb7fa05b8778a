import type { LiveRecord } from '@dovetail/protocol'
import { parseCursor } from '@dovetail/protocol/cursor'
import { DovetailError } from './errors.ts'
import type { LiveEntry, UnsettledEntry } from './live-view.ts'
import { mergePatch } from './merge-patch.ts'
import type { OutboxEntry } from './outbox.ts'

export interface OverlayInput<Data> {
  /** In rising `pos`. */
  readonly rows: readonly LiveEntry<Data>[]
  /** The caller's own unacknowledged writes, in the order they were written. */
  readonly writes: readonly OutboxEntry[]
  readonly user: string | null
  /** Of the rows. */
  readonly epoch: string | null
  /** Records that are known to be the outcome of an acknowledged create of this view. */
  readonly claimed: (id: string) => boolean
}

/** The rows with one's own unacknowledged writes in them: changed ones in their place, new ones at the end. */
export function overlay<Data>(input: OverlayInput<Data>): readonly LiveEntry<Data>[] {
  const { writes } = input
  if (writes.length === 0) return input.rows
  const rows: LiveEntry<Data>[] = input.rows.slice()
  const added: LiveEntry<Data>[] = []
  for (const write of writes) {
    if (write.op === 'create') added.push(unsettled(write, write.key, write.data as Data, null))
    else overwrite(rows, write)
  }
  hideTwins(rows, input)
  return rows.concat(added)
}

function overwrite<Data>(rows: LiveEntry<Data>[], write: OutboxEntry): void {
  const index = rows.findLastIndex(({ record }) => record?.id === write.recordId)
  const row = rows[index]
  if (row === undefined) return
  const data = write.op === 'patch' ? (mergePatch(row.data, write.data) as Data) : row.data
  const next = unsettled(write, row.key, data, row.record)
  // Of several writes to one record, the first one that failed is what the row says.
  rows[index] = row.status === 'failed' ? { ...row, data } : next
}

function unsettled<Data>(
  { op, progress, writtenAt }: OutboxEntry,
  key: string,
  data: Data,
  record: LiveRecord<Data> | null,
): UnsettledEntry<Data> {
  const entry = { key, op: op === 'patch' ? 'update' : op, data, record, writtenAt } as const
  if (progress.name !== 'failed') return { ...entry, status: 'pending' }
  const { error } = progress
  return { ...entry, status: 'failed', error: new DovetailError(error.code, error.detail, error) }
}

/**
 * A create's change may come before its reply, and after a reload its record is in the page while the
 * write still waits to be sent again. Until the reply tells which record is the write's own, the caller's
 * records that may be it are not shown, so that the list never shows both. Only while a create was sent
 * and its outcome is unknown; only records above the revision that was held when it was written.
 */
function hideTwins<Data>(rows: LiveEntry<Data>[], { writes, user, epoch, claimed }: OverlayInput<Data>): void {
  const open = writes.filter(({ op, progress }) => op === 'create' && progress.name === 'sent')
  if (open.length === 0 || user === null) return
  const origins = open.map((write) => originOf(write, epoch))
  const lowest = Math.min(...origins.map(({ rev }) => rev))
  for (let index = rows.length - 1; index >= 0; index -= 1) {
    const record = rows[index]?.record
    if (!record || record.pos <= lowest) return
    if (record.author !== user || claimed(record.id)) continue
    if (origins.some(({ rev, text }) => record.pos > rev && (text === null || text === JSON.stringify(record.data)))) {
      rows.splice(index, 1)
    }
  }
}

/**
 * Where the log stood. In another epoch than then, the record may be anywhere. Where it is unknown (written
 * before the first page was there), only a record with the same data counts, not all that one ever wrote.
 */
function originOf(write: OutboxEntry, epoch: string | null): { rev: number; text: string | null } {
  const since = write.since === null ? null : parseCursor(write.since)
  if (since === null) return { rev: 0, text: JSON.stringify(write.data) }
  return { rev: since.epoch === epoch ? since.rev : 0, text: null }
}
