/**
 * Decides the outcome of a unit before anything is written, and gives each change its revision: the head and one more.
 * All stores but Redis use this one decision: each passes in its reads, and carries out the plan. Redis decides the same
 * in Lua, where it commits (`redis/scripts/planning.ts`).
 */
import { membersCollection, type Unit, type UnitOutcome, type Write, type Written } from '../../ports/store.ts'
import type { StoredRecord } from '../../ports/stored-record.ts'

export type RowFacts = Pick<StoredRecord, 'pos' | 'rev' | 'author' | 'createdAt'>

export interface RememberedKey {
  readonly fingerprint: string
  readonly collection: string
  readonly recordId: string
}

/** The channel's present state, with the results of earlier units of the group. Tombstones are rows like any other. */
export interface ChannelView {
  facts(collection: string, recordId: string): RowFacts | null
  /**
   * The row of an id that was generated for its write, which can't exist. A store that checks uniqueness
   * at the insert gives `null`, at no cost.
   */
  clash(collection: string, recordId: string): RowFacts | null
  record(collection: string, recordId: string): StoredRecord | null
  key(author: string, key: string): RememberedKey | null
}

export interface ChannelMarks {
  readonly epoch: string
  readonly head: number
  readonly membersRev: number
}

/** `created` and `changed` put the record; `remember` puts the write's key. */
export interface Step extends Written {
  readonly remember: boolean
}

export type Plan =
  | { readonly kind: 'planned'; readonly head: number; readonly membersRev: number; readonly steps: readonly Step[] }
  | Extract<UnitOutcome, { readonly kind: 'refused' }>

/** @throws Error where a unit is invalid (it keeps a record that does not exist): the unit then fails. */
export function planUnit(unit: Unit, channel: ChannelMarks | null, view: ChannelView): Plan {
  if (channel === null && !unit.make) return refused('no_channel', 0)
  const replays = channel === null ? null : findReplays(unit, view)
  if (replays !== null && 'kind' in replays) return replays
  if (replays === null || replays.some((replay) => replay === null) || unit.writes.length === 0) {
    const at = Math.max(0, replays?.indexOf(null) ?? 0)
    if (unit.epoch !== undefined && unit.epoch !== (channel?.epoch ?? null)) return refused('conflict', at)
    if (unit.membersRev !== null && unit.membersRev !== (channel?.membersRev ?? 0)) return refused('conflict', at)
  }
  return planWrites(unit, channel, view, replays)
}

/** The record of each write whose key is known, else `null`; `null` for the whole unit where no write has a key. */
function findReplays(
  unit: Unit,
  view: ChannelView,
): readonly (StoredRecord | null)[] | Extract<Plan, { kind: 'refused' }> | null {
  let replays: (StoredRecord | null)[] | null = null
  for (const [index, write] of unit.writes.entries()) {
    if (write.key === undefined) continue
    const known = view.key(write.author, write.key.key)
    if (known === null) continue
    // A key whose tombstone was purged has no record to answer with: it counts as unknown.
    const record = view.record(known.collection, known.recordId)
    if (record === null) continue
    if (known.fingerprint !== write.key.fingerprint) return refused('key_reused', index)
    replays ??= unit.writes.map(() => null)
    replays[index] = record
  }
  return replays
}

function planWrites(
  unit: Unit,
  channel: ChannelMarks | null,
  view: ChannelView,
  replays: readonly (StoredRecord | null)[] | null,
): Plan {
  const left = unit.writes.length > 1 ? new Left() : null
  const steps: Step[] = []
  let head = channel?.head ?? 0
  let membersRev = channel?.membersRev ?? 0
  for (const [index, write] of unit.writes.entries()) {
    const earlier = left?.usedFor(write) ?? null
    if (earlier === 'reused') return refused('key_reused', index)
    const replay = replays?.[index] ?? earlier
    if (replay === null && restsOnReplay(write, unit.writes, steps)) return refused('conflict', index)
    const step = replay === null ? planWrite(write, unit.at, head, { left, steps, view }) : replayed(replay, left)
    if (step === null) return refused('conflict', index)
    steps.push(step)
    left?.add(write, step.record)
    if (step.kind === 'kept' || step.kind === 'replayed') continue
    head = step.record.rev
    if (write.collection === membersCollection) membersRev = head
  }
  return { kind: 'planned', head: Math.max(head, unit.head ?? 0), membersRev, steps }
}

/** Whether the decision counted on a change by an earlier write of the unit, whose key turned out to be known. */
function restsOnReplay({ expectRev }: Write, writes: readonly Write[], steps: readonly Step[]): boolean {
  if (expectRev === null || typeof expectRev === 'number') return false
  return steps[expectRev.write]?.kind === 'replayed' && writes[expectRev.write]?.effect !== 'keep'
}

/** The records and keys of one unit after its writes so far. */
class Left {
  readonly #records = new Map<string, StoredRecord>()
  readonly #keys = new Map<string, { readonly fingerprint: string; readonly record: StoredRecord }>()

  add(write: Write, record: StoredRecord): void {
    this.#records.set(`${record.collection} ${record.id}`, record)
    if (write.key !== undefined) {
      this.#keys.set(`${write.author} ${write.key.key}`, { fingerprint: write.key.fingerprint, record })
    }
  }

  record(collection: string, recordId: string): StoredRecord | null {
    return this.#records.get(`${collection} ${recordId}`) ?? null
  }

  usedFor(write: Write): StoredRecord | 'reused' | null {
    if (write.key === undefined) return null
    const used = this.#keys.get(`${write.author} ${write.key.key}`)
    if (used === undefined) return null
    return used.fingerprint === write.key.fingerprint ? used.record : 'reused'
  }
}

interface Known {
  readonly left: Left | null
  readonly steps: readonly Step[]
  readonly view: ChannelView
}

function replayed(record: StoredRecord, left: Left | null): Step {
  return { kind: 'replayed', record: left?.record(record.collection, record.id) ?? record, remember: false }
}

function planWrite(write: Write, at: number, head: number, known: Known): Step | null {
  const { collection, recordId, expectRev } = write
  const remember = write.key !== undefined
  const own = known.left?.record(collection, recordId) ?? null
  if (write.effect === 'keep') {
    const record = own ?? known.view.record(collection, recordId)
    if (record === null) return missing(write)
    return meets(expectRev, record.rev, known.steps) ? { kind: 'kept', record, remember } : null
  }
  const { view } = known
  const old = own ?? (expectRev === null ? view.clash(collection, recordId) : view.facts(collection, recordId))
  if (!meets(expectRev, old?.rev ?? 0, known.steps)) return null
  const { stamp } = write
  const slot = stamp?.slot ?? null
  if (old === null && write.effect === 'delete' && stamp === undefined) return missing(write)
  const rev = slot?.rev ?? head + 1
  if (rev <= head) return null
  const record: StoredRecord = {
    collection,
    id: recordId,
    pos: old?.pos ?? slot?.pos ?? rev,
    rev,
    author: stamp?.author ?? old?.author ?? write.author,
    createdAt: old?.createdAt ?? stamp?.createdAt ?? at,
    updatedAt: stamp?.updatedAt ?? at,
    deleted: write.effect === 'delete',
    data: write.effect === 'delete' ? '' : write.data,
    ...(write.effect === 'delete' ? { deletedBy: stamp?.deletedBy ?? write.author } : {}),
  }
  return { kind: old === null ? 'created' : 'changed', record, remember }
}

/** `null`, a conflict, where the decision was based on a record; throws where it was not, since the unit is invalid. */
function missing(write: Write): null {
  if (typeof write.expectRev === 'number' && write.expectRev > 0) return null
  throw new Error(`${write.effect} of a record that is not there: ${write.collection}/${write.recordId}`)
}

function meets(expectRev: Write['expectRev'], rev: number, steps: readonly Step[]): boolean {
  if (expectRev === null) return rev === 0
  if (typeof expectRev === 'number') return rev === expectRev
  return rev === steps[expectRev.write]?.record.rev
}

function refused(
  reason: Extract<UnitOutcome, { kind: 'refused' }>['reason'],
  write: number,
): Extract<UnitOutcome, { kind: 'refused' }> {
  return { kind: 'refused', reason, write }
}
