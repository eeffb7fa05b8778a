/** Appended text over records, as it is shown while the server has not acknowledged it. Loaded with the first write. */
import type { AnyData, Appends, LiveRecord } from 'dovetail-protocol'
import { parseCursor } from 'dovetail-protocol/cursor'
import { keysOf } from '../growing/grown.ts'
import type { OutboxEntry } from './outbox-entry.ts'
import type { ShowsAppends } from './shown-appends.ts'

/** Data with what is added to its strings; as it is where a path leads to none, which the server refuses. */
export function withAppended(data: unknown, operations: Appends): unknown {
  return operations.reduce((held, { path, value }) => added(held, keysOf(path), value), data)
}

function added(value: unknown, [key, ...rest]: readonly string[], text: string): unknown {
  if (key === undefined) return typeof value === 'string' ? value + text : value
  if (Array.isArray(value)) return value.map((item, index) => (String(index) === key ? added(item, rest, text) : item))
  if (typeof value !== 'object' || value === null) return value
  // Entries, and no assignment: `__proto__` is a key like any other.
  const entries = Object.entries(value).map(([name, item]) => [name, name === key ? added(item, rest, text) : item])
  return Object.fromEntries(entries)
}

export const showsAppends: ShowsAppends = {
  /** A record that has changed since the text was sent may have it already: it is not shown twice. */
  over: (data, write, record) => (mayHave(write, record) ? data : (withAppended(data, operationsOf(write)) as AnyData)),
  /** Until a change comes, which counts more, the record has what was acknowledged. */
  acknowledged: (record, write) =>
    changedSince(write, record)
      ? record
      : { ...record, rev: record.rev + 0.5, data: withAppended(record.data, operationsOf(write)) },
}

function operationsOf({ data }: OutboxEntry): Appends {
  return data as Appends
}

function mayHave(write: OutboxEntry, record: LiveRecord | null): boolean {
  const { progress } = write
  const isSent = progress.name === 'sent' || (progress.name === 'failed' && progress.error.code === 'outcome_unknown')
  return isSent && record !== null && changedSince(write, record)
}

function changedSince({ since }: OutboxEntry, { rev }: LiveRecord): boolean {
  const cursor = parseCursor(since ?? '')
  return cursor === null || rev > cursor.rev
}
