/**
 * A group as it is sent to the writer's thread: one flat array. Cloning objects with their property
 * names costs several times as much as cloning bare values.
 */
import type { Stamp, Unit, Write } from '../../../ports/store.ts'
import type { SqlValue } from '../driver/driver.ts'
import { ValueReader } from './value-reader.ts'

const effects = ['put', 'delete', 'keep'] as const

/** Stands for an absent `epoch`, which is not the same as `null`: no epoch is empty. */
const anyEpoch = ''

export function packGroup(group: readonly Unit[]): SqlValue[] {
  const values: SqlValue[] = [group.length]
  for (const unit of group) {
    const epoch = unit.epoch === undefined ? anyEpoch : unit.epoch
    values.push(unit.channel, unit.at, unit.make ? 1 : 0, unit.membersRev, epoch, unit.head ?? null, unit.writes.length)
    for (const write of unit.writes) packWrite(write, values)
  }
  return values
}

function packWrite(write: Write, values: SqlValue[]): void {
  const { collection, recordId, effect, data, author, expectRev, key, words, stamp } = write
  // Revisions are never below 0, so a negative number can stand for an expectation on write `i`.
  const expectation = typeof expectRev === 'object' && expectRev !== null ? -1 - expectRev.write : expectRev
  values.push(collection, recordId, effects.indexOf(effect), data, author, expectation, words ?? null)
  if (key === undefined) values.push(null)
  else values.push(key.key, key.fingerprint)
  if (stamp === undefined) values.push(null)
  else packStamp(stamp, values)
}

function packStamp({ createdAt, updatedAt, slot, author, deletedBy }: Stamp, values: SqlValue[]): void {
  values.push(createdAt, updatedAt, slot?.pos ?? null, slot?.rev ?? null, author ?? null, deletedBy ?? null)
}

export function unpackGroup(values: readonly SqlValue[]): Unit[] {
  const reader = new ValueReader(values)
  return Array.from({ length: reader.number() }, () => unpackUnit(reader))
}

function unpackUnit(reader: ValueReader): Unit {
  const channel = reader.text()
  const at = reader.number()
  const make = reader.number() === 1
  const membersRev = reader.numberOrNull()
  const epoch = reader.textOrNull()
  const head = reader.numberOrNull()
  const writes = Array.from({ length: reader.number() }, () => unpackWrite(reader))
  const unit = { channel, at, make, membersRev, writes, ...(head === null ? {} : { head }) }
  return epoch === anyEpoch ? unit : { ...unit, epoch }
}

function unpackWrite(reader: ValueReader): Write {
  const collection = reader.text()
  const recordId = reader.text()
  const effect = effects[reader.number()] ?? 'keep'
  const data = reader.text()
  const author = reader.text()
  const expectation = reader.numberOrNull()
  const expectRev = expectation === null || expectation >= 0 ? expectation : { write: -1 - expectation }
  const words = reader.textOrNull() ?? ''
  const key = reader.textOrNull()
  const write = { collection, recordId, effect, data, author, expectRev, words }
  const keyed = key === null ? write : { ...write, key: { key, fingerprint: reader.text() } }
  const stamp = unpackStamp(reader)
  return stamp === null ? keyed : { ...keyed, stamp }
}

function unpackStamp(reader: ValueReader): Stamp | null {
  const createdAt = reader.numberOrNull()
  if (createdAt === null) return null
  const updatedAt = reader.number()
  const pos = reader.numberOrNull()
  const rev = reader.numberOrNull()
  const author = reader.textOrNull()
  const deletedBy = reader.textOrNull()
  return {
    createdAt,
    updatedAt,
    slot: pos === null || rev === null ? null : { pos, rev },
    ...(author === null ? {} : { author }),
    ...(deletedBy === null ? {} : { deletedBy }),
  }
}
