import type { AnyRecord, Change } from 'dovetail-protocol'

/** A reader's state of one channel: its position in the log, and each record's latest state, tombstones included. */
export interface View {
  readonly epoch: string | null
  readonly rev: number
  readonly records: ReadonlyMap<string, AnyRecord>
}

/** A range of the log, as a `changes` frame and a changes reply carry it. */
export interface Range {
  readonly from: number
  readonly to: number
  readonly changes: readonly Change[]
}

export type Folded = { outcome: 'taken' | 'dropped'; view: View } | { outcome: 'gap' }

export function emptyView(epoch: string | null = null, rev = 0): View {
  return { epoch, rev, records: new Map() }
}

export function recordKey(collection: string, id: string): string {
  return `${collection}/${id}`
}

/** Merges records that a page gave: by `rev` the higher wins. */
export function foldRecords(view: View, collection: string, records: readonly AnyRecord[]): View {
  return {
    ...view,
    records: merged(
      view,
      records.map((record) => ({ collection, record })),
    ),
  }
}

/** How a client takes a range (docs/protocol.md, "How a client joins"). A malformed range throws: it is the server's fault. */
export function fold(view: View, range: Range): Folded {
  checkRange(range)
  if (range.to <= view.rev) return { outcome: 'dropped', view }
  if (range.from > view.rev) return { outcome: 'gap' }
  const above = range.changes.filter(({ record }) => record.rev > view.rev)
  return { outcome: 'taken', view: { epoch: view.epoch, rev: range.to, records: merged(view, above) } }
}

/** Folds ranges that must join: the first begins at or below the view, each further one where the one before ended. */
export function foldAll(view: View, ranges: readonly Range[]): View {
  let held = view
  let end: number | null = null
  for (const range of ranges) {
    if (end !== null && range.from !== end)
      throw new Error(`a range begins at ${range.from}, the one before ended at ${end}`)
    end = range.to
    const folded = fold(held, range)
    if (folded.outcome === 'gap')
      throw new Error(`a gap: the view is at ${held.rev}, the range begins at ${range.from}`)
    held = folded.view
  }
  return held
}

/** The living records of a collection in rising `pos`, as a page gives them. */
export function living(view: View, collection: string): AnyRecord[] {
  return [...view.records]
    .filter(([key, record]) => key.startsWith(`${collection}/`) && record.deleted !== true)
    .map(([, record]) => record)
    .sort((a, b) => a.pos - b.pos)
}

function merged(view: View, changes: readonly Change[]): Map<string, AnyRecord> {
  const records = new Map(view.records)
  for (const { collection, record } of changes) {
    const key = recordKey(collection, record.id)
    const held = records.get(key)
    if (held === undefined || held.rev < record.rev) records.set(key, record)
  }
  return records
}

function checkRange({ from, to, changes }: Range): void {
  if (!(Number.isInteger(from) && Number.isInteger(to) && from <= to)) throw new Error(`no range: ${from} to ${to}`)
  let last = from
  const ids = new Set<string>()
  for (const { collection, record } of changes) {
    if (record.rev <= last) throw new Error(`revision ${record.rev} comes after ${last} in ${from} to ${to}`)
    if (record.rev > to) throw new Error(`revision ${record.rev} lies outside ${from} to ${to}`)
    if (record.pos > record.rev) throw new Error(`record ${record.id} has pos ${record.pos} above rev ${record.rev}`)
    const key = recordKey(collection, record.id)
    if (ids.has(key)) throw new Error(`record ${record.id} is twice in ${from} to ${to}`)
    ids.add(key)
    last = record.rev
  }
}
