/** Overlays the user's own unacknowledged writes on the rows: edits change their row, creates come at the end. */
import type { AnyData, LiveRecord } from 'dovetail-protocol'
import { DovetailError } from '../base/errors.ts'
import { mergePatch } from '../base/merge-patch.ts'
import type { OutboxEntry } from '../writes/outbox-entry.ts'
import { appends } from '../writes/shown-appends.ts'
import type { Echoes } from './echoes.ts'
import type { LiveEntry, UnsettledEntry } from './live-view.ts'

type Row = LiveEntry<AnyData>
type UnsettledRow = UnsettledEntry<AnyData>

export interface OverlayInput {
  /** In rising `pos`. */
  readonly rows: readonly Row[]
  /** The caller's own unacknowledged writes, in the order they were written. */
  readonly writes: readonly OutboxEntry[]
  readonly echoes: Echoes
  readonly rowKeyOf: (recordId: string) => string
}

export function overlay({ rows, writes, echoes, rowKeyOf }: OverlayInput): readonly Row[] {
  if (writes.length === 0) return rows
  const shown =
    echoes.records.size === 0 ? rows.slice() : rows.filter(({ record }) => !echoes.records.has(record?.id ?? ''))
  const isPlain = echoes.writes.size === 0 && writes.every(({ op }) => op === 'create')
  if (isPlain) return shown.concat(writes.map(rowOfCreate))
  /** Rows of writes whose record is not loaded, by row key. */
  const added = new Map<string, UnsettledRow>()
  const indexes = writes.some(({ op }) => op !== 'create') ? indexesOf(shown) : new Map<string, number>()
  for (const write of writes) {
    const index = indexes.get(write.recordId ?? '')
    if (write.op === 'create') {
      if (!echoes.writes.has(write.key)) added.set(write.key, rowOfCreate(write))
    } else if (write.target !== undefined) {
      const create = added.get(write.target)
      if (create !== undefined) added.set(write.target, edited(create, write))
    } else if (index !== undefined) shown[index] = edited(shown[index] as Row, write)
    else addFailed(added, write, rowKeyOf(write.recordId ?? ''))
  }
  return added.size === 0 ? shown : shown.concat([...added.values()])
}

function indexesOf(rows: readonly Row[]): Map<string, number> {
  return new Map(rows.flatMap(({ record }, index) => (record === null ? [] : [[record.id, index]])))
}

/** Gives the same row object for the same entry, so that a list in a UI renders only changed rows. */
const rowsOfCreates = new WeakMap<OutboxEntry, UnsettledRow>()

function rowOfCreate(write: OutboxEntry): UnsettledRow {
  const known = rowsOfCreates.get(write)
  if (known !== undefined) return known
  const row = unsettled(write, write.key, write.data as AnyData, null)
  rowsOfCreates.set(write, row)
  return row
}

function edited(row: UnsettledRow, write: OutboxEntry): UnsettledRow
function edited(row: Row, write: OutboxEntry): Row
function edited(row: Row, write: OutboxEntry): Row {
  const data = dataAfter(row, write)
  // Where several writes go to one record, the row shows the first that failed.
  return row.status === 'failed' ? { ...row, data } : unsettled(write, row.key, data, row.record)
}

function dataAfter({ data, record }: Row, write: OutboxEntry): AnyData {
  if (write.op === 'patch') return mergePatch(data, write.data) as AnyData
  if (write.op === 'append') return appends.shows?.over(data, write, record) ?? data
  return write.op === 'put' ? (write.data as AnyData) : data
}

/** Adds a row for a failed edit whose record is not loaded: the row shows the error, and can be discarded. */
function addFailed(added: Map<string, UnsettledRow>, write: OutboxEntry, rowKey: string): void {
  if (write.progress.name !== 'failed' || write.preview === undefined) return
  const known = added.get(rowKey)
  const data = write.preview as AnyData
  added.set(rowKey, known === undefined ? unsettled(write, rowKey, data, null) : { ...known, data })
}

function unsettled(
  { op, progress, writtenAt }: OutboxEntry,
  key: string,
  data: AnyData,
  record: LiveRecord<AnyData> | null,
): UnsettledRow {
  const row = { key, op: op === 'create' || op === 'delete' ? op : 'update', data, record, writtenAt } as const
  if (progress.name !== 'failed') return { ...row, status: 'pending' }
  const { error } = progress
  return { ...row, status: 'failed', error: new DovetailError(error.code, error.detail, error) }
}
