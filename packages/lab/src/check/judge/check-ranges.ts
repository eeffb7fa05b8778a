/**
 * Checks ranges of changes: they join, they are in order, and none leaves out a record. A range may fold several changes of one
 * record into the last of them, and a store that keeps last states only leaves a change out of a range where the record
 * has changed again since. So a change must be in a range that was received before the next write of the record began.
 */
import type { Complaint, RunEvidence } from './evidence.ts'
import type { Range, Segment } from './observation.ts'

interface KnownChange {
  readonly rev: number
  readonly id: string
  /** From when on a range may leave it out: the next write of the record had begun. Monotonic ms. */
  readonly supersededAt: number
}

/** In rising revision. */
export type KnownChanges = readonly KnownChange[]

const never = Number.POSITIVE_INFINITY

/**
 * The changes of the last epoch that are known, from the acknowledged writes and from the log. What earlier epochs held
 * is not known.
 */
export function knownChanges({ acknowledged, unknown, epoch, log }: RunEvidence): KnownChanges {
  // A write without a reply may have superseded the one before it at any time.
  const next = new Map<string, number>(unknown.flatMap(({ id }) => (id === null ? [] : [[id, 0]])))
  const known: KnownChange[] = log.map(({ record: { rev, id } }) => ({ rev, id, supersededAt: never }))
  for (const { id, rev, epoch: writtenIn, invokedAt } of [...acknowledged].reverse()) {
    if (rev !== null && writtenIn === epoch) known.push({ rev, id, supersededAt: next.get(id) ?? never })
    next.set(id, invokedAt)
  }
  return known.sort((a, b) => a.rev - b.rev)
}

/** Ranges join within a segment, and each segment begins at the revision that the reader held. */
export function checkSegments(segments: readonly Segment[]): Complaint[] {
  const complaints: Complaint[] = []
  let held: { readonly epoch: string | null; readonly rev: number } | null = null
  for (const { epoch, start, ranges } of segments) {
    if (held !== null && held.epoch === epoch && start !== held.rev)
      complaints.push({ invariant: 'gap', text: `resumed at ${start} although it stood at ${held.rev}` })
    let end: number = start
    for (const range of ranges) {
      if (range.from !== end)
        complaints.push({ invariant: 'gap', text: `a range begins at ${range.from}, the one before ended at ${end}` })
      complaints.push(...checkOrder(range))
      end = range.to
    }
    held = { epoch, rev: end }
  }
  return complaints
}

function checkOrder({ from, to, changes }: Range): Complaint[] {
  const complaints: Complaint[] = []
  let last = from
  const ids = new Set<string>()
  for (const { record } of changes) {
    if (record.rev <= last || record.rev > to)
      complaints.push({ invariant: 'order', text: `revision ${record.rev} is out of order in ${from} to ${to}` })
    if (ids.has(record.id)) complaints.push({ invariant: 'repeat', text: `${record.id} is twice in ${from} to ${to}` })
    ids.add(record.id)
    last = record.rev
  }
  return complaints
}

export function checkCompleteness(segment: Segment, known: KnownChanges): Complaint[] {
  return segment.ranges.flatMap((range) => missingIn(range, known))
}

function missingIn({ from, to, changes, receivedAt = never }: Range, known: KnownChanges): Complaint[] {
  const newest = new Map(changes.map(({ record }) => [record.id, record.rev]))
  const missing = new Set<number>()
  for (let i = firstAbove(known, from); i < known.length; i++) {
    const change = known[i]
    if (change === undefined || change.rev > to) break
    const isRequired = change.supersededAt === never || receivedAt < change.supersededAt
    if (isRequired && (newest.get(change.id) ?? 0) < change.rev) missing.add(change.rev)
  }
  return [...missing].map((rev) => ({
    invariant: 'gap',
    text: `revision ${rev} is missing in the range ${from} to ${to}`,
  }))
}

function firstAbove(known: KnownChanges, rev: number): number {
  let low = 0
  let high = known.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((known[middle]?.rev ?? 0) <= rev) low = middle + 1
    else high = middle
  }
  return low
}
