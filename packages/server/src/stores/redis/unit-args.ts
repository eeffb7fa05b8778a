import type { ChannelFacts, Unit, UnitOutcome, Write, Written } from '../../ports/store.ts'
import { listOf, type Reply, recordOf } from './packed-row.ts'

/**
 * The properties of a channel that a unit makes. `new`: the unit only makes the channel, and does
 * nothing where it exists.
 */
export interface Making {
  readonly make: 'new' | 'allowed' | 'refused'
  readonly visibility: ChannelFacts['visibility']
  readonly title: string | null
}

/** A unit as the arguments of the commit script: flat texts, the form that Lua reads fastest. */
export function unitArgs(unit: Unit, newEpoch: () => string, making: Making): readonly string[] {
  const { make, visibility, title } = making
  return [
    unit.channel,
    String(unit.at),
    make === 'allowed' ? '1' : make === 'refused' ? '0' : 'new',
    unit.membersRev === null ? '' : String(unit.membersRev),
    unit.epoch === undefined ? '*' : (unit.epoch ?? '-'),
    newEpoch(),
    visibility,
    title === null ? '' : `=${title}`,
    unit.head === undefined ? '' : String(unit.head),
    String(unit.writes.length),
    ...unit.writes.flatMap(writeArgs),
  ]
}

const effects = { put: 'p', delete: 'd', keep: 'k' } as const

function writeArgs(write: Write): readonly string[] {
  const { collection, recordId, effect, author, expectRev, key, words, stamp } = write
  const data = effect === 'put' ? write.data : ''
  const expect = expectRev === null ? '' : typeof expectRev === 'number' ? String(expectRev) : `@${expectRev.write}`
  return [
    collection,
    recordId,
    effects[effect],
    data,
    author,
    expect,
    key?.key ?? '',
    key?.fingerprint ?? '',
    words ?? '',
    stamp === undefined ? '' : String(stamp.createdAt),
    stamp === undefined ? '' : String(stamp.updatedAt),
    stamp?.slot == null ? '' : String(stamp.slot.pos),
    stamp?.slot == null ? '' : String(stamp.slot.rev),
    stamp?.author === undefined ? '' : `=${stamp.author}`,
    stamp?.deletedBy === undefined ? author : stamp.deletedBy,
  ]
}

/** `there`: the channel that was to be made exists already. */
export function outcomeOf(unit: Unit, reply: Reply | undefined): UnitOutcome | { kind: 'there'; facts: Reply } {
  const [tag, first = null, second, ...rest] = listOf(reply)
  switch (tag) {
    case 'c':
      return { kind: 'committed', epoch: String(first), head: Number(second), results: writtenOf(unit, rest) }
    case 't':
      return { kind: 'there', facts: first }
    case 'r':
      return { kind: 'refused', reason: reasonOf(first), write: Number(second) }
    default:
      return { kind: 'failed', cause: new Error(`a write to a record that is not there: ${unit.channel}`) }
  }
}

function reasonOf(reply: Reply): 'conflict' | 'key_reused' | 'no_channel' {
  return reply === 'key_reused' || reply === 'no_channel' ? reply : 'conflict'
}

function writtenOf(unit: Unit, reply: readonly Reply[]): readonly Written[] {
  return unit.writes.map((write, index) => {
    const kind = String(reply[2 * index]) as Written['kind']
    // The caller knows how this row ends: the script does not return it.
    const isNew = kind === 'created' || kind === 'changed'
    const rest = isNew ? (write.effect === 'put' ? write.data : (write.stamp?.deletedBy ?? write.author)) : undefined
    return { kind, record: recordOf(String(reply[2 * index + 1]), rest) }
  })
}
