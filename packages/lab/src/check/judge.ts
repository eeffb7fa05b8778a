/**
 * Judges a run by what writers and readers saw and by what a fresh read gives at its end; never by
 * what a server says of itself. The names of the anomalies follow Jepsen's checker for Kafka; since
 * revisions are dense, sorting is enough to find them.
 */
import type { AnyRecord, Change } from '@dovetail/protocol'
import type { Acknowledged, Range, Refused, ResetNotice, Seen, Segment, Unknown } from './observation.ts'

export interface Run {
  readonly acknowledged: readonly Acknowledged[]
  readonly unknown: readonly Unknown[]
  readonly refused: readonly Refused[]
  /** The store was put back to an earlier moment: what was acknowledged in an epoch before the last may be gone. */
  readonly restored: boolean
  readonly epoch: string | null
  /** The whole log as `changes?after=0` gives it: each record once, in its latest state. */
  readonly log: readonly Change[]
  readonly head: number
  /** All pages, read anew: the living records of the collection in rising `pos`. */
  readonly fresh: readonly AnyRecord[]
  readonly readers: readonly Seen[]
}

export type Invariant =
  /** A write that a right server takes was not taken. */
  | 'refused'
  /** Acknowledged, and not in the log. */
  | 'lost'
  /** In the log, and nobody wrote it; or one write is there twice. */
  | 'phantom'
  /** The log's own order or its end is wrong. */
  | 'order'
  /** Two ways of reading differ. */
  | 'divergence'
  /** Ranges of one reading do not join, or a record in a range was not told. */
  | 'gap'
  /** Told twice, or again in an older state. */
  | 'repeat'
  /** A reader did not arrive. */
  | 'late'
  /** What a reader holds was declared void although the log is the same. */
  | 'needless_reset'

export interface Complaint {
  readonly invariant: Invariant
  readonly text: string
}

/** Empty where nothing is wrong. */
export function judge(run: Run): Complaint[] {
  return [
    ...judgeRefused(run),
    ...judgeWrites(run),
    ...judgeLog(run),
    ...run.readers.flatMap((reader) => judgeReader(run, reader)),
  ]
}

function judgeRefused({ refused, acknowledged, restored, epoch }: Run): Complaint[] {
  const last = new Map(acknowledged.map((each) => [each.id, each]))
  const isGone = ({ id, status }: Refused): boolean => {
    const former = id === null ? undefined : last.get(id)
    return restored && status === 404 && former !== undefined && former.epoch !== epoch
  }
  return refused.filter((each) => !isGone(each)).map(({ text }) => ({ invariant: 'refused', text }))
}

function judgeWrites({ acknowledged, unknown, log, epoch, restored }: Run): Complaint[] {
  const records = new Map(log.map(({ record }) => [record.id, record]))
  const last = new Map(acknowledged.map((each) => [each.id, each]))
  const maybe = new Map(unknown.map((each) => [each.id, each]))
  const complaints: Complaint[] = []
  for (const each of last.values()) {
    const record = records.get(each.id)
    if (restored && each.epoch !== epoch) continue
    const told = `acknowledged ${nameOf(each.text)} (${each.id})`
    if (record === undefined) complaints.push({ invariant: 'lost', text: `${told} is not in the log` })
    else if (textOf(record) !== each.text && textOf(record) !== maybe.get(each.id)?.text)
      complaints.push({ invariant: 'lost', text: `${told} is ${nameOf(textOf(record))} in the log` })
    else if (each.rev !== null && each.epoch === epoch && record.rev !== each.rev && !maybe.has(each.id))
      complaints.push({ invariant: 'repeat', text: `${told} at ${each.rev} stands at ${record.rev}` })
  }
  return [...complaints, ...phantoms(log, last, unknown)]
}

function phantoms(
  log: readonly Change[],
  last: ReadonlyMap<string, Acknowledged>,
  unknown: readonly Unknown[],
): Complaint[] {
  // A create without a reply may be there, once.
  const allowed = new Set(unknown.filter(({ id }) => id === null).map(({ text }) => text))
  return log.flatMap(({ record }) => {
    if (last.has(record.id) || allowed.delete(textOf(record))) return []
    return [
      { invariant: 'phantom' as const, text: `${nameOf(textOf(record))} (${record.id}) is twice, or nobody wrote it` },
    ]
  })
}

function judgeLog({ log, head, fresh }: Run): Complaint[] {
  const complaints: Complaint[] = []
  const revisions = log.map(({ record }) => record.rev)
  if (revisions.some((rev, i) => rev <= (revisions[i - 1] ?? 0)))
    complaints.push({ invariant: 'order', text: 'the log is not in rising revision' })
  if ((revisions.at(-1) ?? 0) !== head)
    complaints.push({ invariant: 'order', text: `the log ends at ${revisions.at(-1)}, its head is ${head}` })
  const alive = log.map(({ record }) => record).filter((record) => record.deleted !== true)
  const difference = firstDifference(inOrder(alive), fresh)
  if (difference !== null)
    complaints.push({ invariant: 'divergence', text: `the log and the pages differ: ${difference}` })
  return complaints
}

function judgeReader(run: Run, reader: Seen): Complaint[] {
  const { name } = reader
  const needless = reader.resets.filter((reset) => reset.fromEpoch === reset.toEpoch)
  const complaints: Complaint[] = needless.map((reset) => ({ invariant: 'needless_reset', text: describe(reset) }))
  complaints.push(...judgeSegments(reader.segments))
  const current = reader.segments.filter(({ epoch }) => epoch === run.epoch)
  complaints.push(...current.flatMap(({ ranges }) => ranges.flatMap((range) => missingIn(range, run.log))))
  if (reader.rev !== run.head || reader.epoch !== run.epoch)
    complaints.push({ invariant: 'late', text: `stands at ${reader.rev}, the head is ${run.head}` })
  const shown = reader.view.filter((record) => record.deleted !== true)
  const difference = firstDifference(inOrder(shown), run.fresh)
  if (difference !== null)
    complaints.push({ invariant: 'divergence', text: `its view differs from a fresh read: ${difference}` })
  return complaints.map(({ invariant, text }) => ({ invariant, text: `${name}: ${text}` }))
}

function describe({ reason, fromEpoch }: ResetNotice): string {
  return `was reset (${reason}) within the epoch ${fromEpoch}`
}

/** Ranges join within a segment, and each segment begins where the reader stood. */
function judgeSegments(segments: readonly Segment[]): Complaint[] {
  const complaints: Complaint[] = []
  let stood: { readonly epoch: string | null; readonly rev: number } | null = null
  for (const { epoch, start, ranges } of segments) {
    if (stood !== null && stood.epoch === epoch && start !== stood.rev)
      complaints.push({ invariant: 'gap', text: `resumed at ${start} although it stood at ${stood.rev}` })
    let end: number = start
    for (const range of ranges) {
      if (range.from !== end)
        complaints.push({ invariant: 'gap', text: `a range begins at ${range.from}, the one before ended at ${end}` })
      complaints.push(...judgeRange(range))
      end = range.to
    }
    stood = { epoch, rev: end }
  }
  return complaints
}

function judgeRange({ from, to, changes }: Range): Complaint[] {
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

/** A record whose last change lies in a range was in it: nothing later could stand in for it. */
function missingIn({ from, to, changes }: Range, log: readonly Change[]): Complaint[] {
  const given = new Set(changes.map(({ record }) => record.rev))
  return log
    .filter(({ record }) => record.rev > from && record.rev <= to && !given.has(record.rev))
    .map(({ record }) => ({
      invariant: 'gap',
      text: `revision ${record.rev} is missing in the range ${from} to ${to}`,
    }))
}

function inOrder(records: readonly AnyRecord[]): AnyRecord[] {
  return [...records].sort((a, b) => a.pos - b.pos)
}

function firstDifference(shown: readonly AnyRecord[], fresh: readonly AnyRecord[]): string | null {
  for (let i = 0; i < Math.max(shown.length, fresh.length); i++) {
    const [held, wanted] = [shown[i], fresh[i]]
    if (JSON.stringify(held) === JSON.stringify(wanted)) continue
    return `at place ${i} it has ${told(held)}, the fresh read ${told(wanted)}`
  }
  return null
}

function told(record: AnyRecord | undefined): string {
  return record === undefined ? 'nothing' : `${nameOf(textOf(record))} (pos ${record.pos}, rev ${record.rev})`
}

function nameOf(text: string | null): string {
  return text === null ? 'a deletion' : `"${text}"`
}

/** `null` of a tombstone. */
function textOf(record: AnyRecord): string | null {
  return record.deleted === true ? null : String((record.data as { text?: unknown }).text)
}
