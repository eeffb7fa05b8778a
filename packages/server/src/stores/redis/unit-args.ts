import type { ChannelFacts, Unit, UnitOutcome, Write, Written } from '../../ports/store.ts'
import { listOf, type Reply, recordOf } from './packed-row.ts'

/** What a channel that a unit makes is like. `new`: the unit is for a channel that is not there, and does nothing else. */
export interface Making {
  readonly make: 'new' | 'allowed' | 'refused'
  readonly visibility: ChannelFacts['visibility']
  readonly title: string | null
}

/** A unit as the commit script takes it: flat texts, since nothing is quicker to read in Lua. */
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
    String(unit.writes.length),
    ...unit.writes.flatMap(writeArgs),
  ]
}

const effects = { put: 'p', delete: 'd', keep: 'k' } as const

function writeArgs(write: Write): readonly string[] {
  const { collection, recordId, effect, author, expectRev, key, words } = write
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
  ]
}

/** `there`: the channel that was to be made is there. */
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
    // What was just sent is not sent back.
    const isNew = kind === 'created' || kind === 'changed'
    const data = isNew ? (write.effect === 'put' ? write.data : '') : undefined
    return { kind, record: recordOf(String(reply[2 * index + 1]), data) }
  })
}
