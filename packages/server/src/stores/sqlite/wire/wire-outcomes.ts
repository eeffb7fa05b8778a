/**
 * The outcome of a group as the writer's thread sends it back. Only what the caller can't know is sent:
 * of a new record its revision, of a changed one also its origin; a record that was kept or replayed is
 * sent whole.
 */
import type { Unit, UnitOutcome, Write, Written } from '../../../ports/store.ts'
import type { StoredRecord } from '../../../ports/stored-record.ts'
import type { SqlValue } from '../driver/driver.ts'
import { ValueReader } from './value-reader.ts'
import { packRecord, unpackRecord } from './wire-record.ts'

const outcomeKinds = ['committed', 'refused', 'failed'] as const
const writtenKinds = ['created', 'changed', 'kept', 'replayed'] as const
const reasons = ['conflict', 'key_reused', 'no_channel'] as const

export function packOutcomes(outcomes: readonly UnitOutcome[]): SqlValue[] {
  const values: SqlValue[] = []
  for (const outcome of outcomes) {
    values.push(outcomeKinds.indexOf(outcome.kind))
    if (outcome.kind === 'committed') {
      values.push(outcome.epoch, outcome.head)
      for (const written of outcome.results) packWritten(written, values)
    } else if (outcome.kind === 'refused') {
      values.push(reasons.indexOf(outcome.reason), outcome.write)
    } else {
      values.push(outcome.cause instanceof Error ? outcome.cause.message : String(outcome.cause))
    }
  }
  return values
}

function packWritten(written: Written, values: SqlValue[]): void {
  const { kind, record } = written
  values.push(writtenKinds.indexOf(kind))
  if (kind === 'created') values.push(record.rev)
  else if (kind === 'changed') values.push(record.rev, record.pos, record.author, record.createdAt)
  else packRecord(record, values)
}

export function unpackOutcomes(values: readonly SqlValue[], group: readonly Unit[]): UnitOutcome[] {
  const reader = new ValueReader(values)
  return group.map((unit) => unpackOutcome(reader, unit))
}

function unpackOutcome(reader: ValueReader, unit: Unit): UnitOutcome {
  const kind = outcomeKinds[reader.number()] ?? 'failed'
  switch (kind) {
    case 'committed': {
      const epoch = reader.text()
      const head = reader.number()
      return { kind, epoch, head, results: unit.writes.map((write) => unpackWritten(reader, write, unit.at)) }
    }
    case 'refused':
      return { kind, reason: reasons[reader.number()] ?? 'conflict', write: reader.number() }
    case 'failed':
      return { kind, cause: new Error(reader.text()) }
  }
}

function unpackWritten(reader: ValueReader, write: Write, at: number): Written {
  const kind = writtenKinds[reader.number()] ?? 'kept'
  switch (kind) {
    case 'created': {
      const rev = reader.number()
      const pos = write.stamp?.slot?.pos ?? rev
      return { kind, record: recordFrom(write, at, rev, pos, authorOf(write), write.stamp?.createdAt ?? at) }
    }
    case 'changed':
      return { kind, record: recordFrom(write, at, reader.number(), reader.number(), reader.text(), reader.number()) }
    case 'kept':
    case 'replayed':
      return { kind, record: unpackRecord(reader) }
  }
}

function authorOf({ stamp, author }: Write): string {
  return stamp?.author ?? author
}

function recordFrom(
  write: Write,
  at: number,
  rev: number,
  pos: number,
  author: string,
  createdAt: number,
): StoredRecord {
  const deleted = write.effect === 'delete'
  const updatedAt = write.stamp?.updatedAt ?? at
  const data = deleted ? '' : write.data
  const { collection, recordId: id } = write
  const record = { collection, id, pos, rev, author, createdAt, updatedAt, deleted, data }
  return deleted ? { ...record, deletedBy: write.stamp?.deletedBy ?? write.author } : record
}
