/**
 * Judges a run by what writers and readers saw and by what a fresh read gives at its end; never by
 * what the server says of itself. Each complaint names the reader and the revision.
 */
import type { AnyRecord, Change } from '@dovetail/protocol'
import type { Range, Seen, Segment } from './reader.ts'
import type { Acknowledged } from './writer.ts'

export interface Run {
  readonly acknowledged: readonly Acknowledged[]
  /** The whole log as `changes?after=0` gives it: each record once, in its latest state. */
  readonly log: readonly Change[]
  readonly head: number
  /** All pages, read anew: the living messages in rising `pos`. */
  readonly fresh: readonly AnyRecord[]
  readonly readers: readonly Seen[]
}

/** Empty where nothing is wrong. */
export function checkJoin(run: Run): string[] {
  return [...checkAcknowledged(run), ...checkLog(run), ...run.readers.flatMap((reader) => checkReader(run, reader))]
}

function checkAcknowledged({ acknowledged, log }: Run): string[] {
  const records = new Map(log.map(({ record }) => [record.id, record]))
  const last = new Map(acknowledged.map((each) => [each.id, each]))
  const created = new Set(acknowledged.map(({ id }) => id))
  const complaints = [...last.values()].flatMap(({ id, text, rev }) => {
    const record = records.get(id)
    if (record === undefined) return [`acknowledged "${text}" (${id}) is not in the log`]
    if (textOf(record) !== text) return [`acknowledged "${text}" (${id}) is "${textOf(record)}" in the log`]
    if (rev !== null && record.rev !== rev) return [`acknowledged "${text}" at ${rev} stands at ${record.rev}`]
    return []
  })
  const strangers = log.filter(({ record }) => !created.has(record.id))
  return [
    ...complaints,
    ...strangers.map(({ record }) => `"${textOf(record)}" (${record.id}) is twice, or nobody wrote it`),
  ]
}

function checkLog({ log, head, fresh }: Run): string[] {
  const complaints: string[] = []
  const revisions = log.map(({ record }) => record.rev)
  if (revisions.some((rev, i) => rev <= (revisions[i - 1] ?? 0))) complaints.push('the log is not in rising revision')
  if ((revisions.at(-1) ?? 0) !== head) complaints.push(`the log ends at ${revisions.at(-1)}, its head is ${head}`)
  const alive = log.map(({ record }) => record).filter((record) => record.deleted !== true)
  const difference = firstDifference(inOrder(alive), fresh)
  if (difference !== null) complaints.push(`the log and the pages differ: ${difference}`)
  return complaints
}

function checkReader(run: Run, reader: Seen): string[] {
  const { name } = reader
  const complaints = reader.resets.map((reset) => `${name}: ${reset}`)
  complaints.push(...checkSegments(reader.segments).map((fault) => `${name}: ${fault}`))
  const skipped = reader.segments.flatMap(({ ranges }) => ranges.flatMap((range) => missingIn(range, run.log)))
  complaints.push(...skipped.map((fault) => `${name}: ${fault}`))
  if (reader.rev !== run.head) complaints.push(`${name}: stands at ${reader.rev}, the head is ${run.head}`)
  const shown = reader.view.filter((record) => record.deleted !== true)
  const difference = firstDifference(inOrder(shown), run.fresh)
  if (difference !== null) complaints.push(`${name}: its view differs from a fresh read: ${difference}`)
  return complaints
}

/** Ranges join within a segment, and each segment begins where the reader stood. */
function checkSegments(segments: readonly Segment[]): string[] {
  const faults: string[] = []
  let stood: number | null = null
  for (const { start, ranges } of segments) {
    if (stood !== null && start !== stood) faults.push(`resumed at ${start} although it stood at ${stood}`)
    let end: number = start
    for (const range of ranges) {
      if (range.from !== end) faults.push(`a range begins at ${range.from}, the one before ended at ${end}`)
      faults.push(...checkRange(range))
      end = range.to
    }
    stood = end
  }
  return faults
}

function checkRange({ from, to, changes }: Range): string[] {
  const faults: string[] = []
  let last = from
  const ids = new Set<string>()
  for (const { record } of changes) {
    if (record.rev <= last || record.rev > to) faults.push(`revision ${record.rev} out of order in ${from} to ${to}`)
    if (ids.has(record.id)) faults.push(`record ${record.id} is twice in ${from} to ${to}`)
    ids.add(record.id)
    last = record.rev
  }
  return faults
}

/** A record whose last change lies in a range was in it: nothing later could stand in for it. */
function missingIn({ from, to, changes }: Range, log: readonly Change[]): string[] {
  const given = new Set(changes.map(({ record }) => record.rev))
  return log
    .filter(({ record }) => record.rev > from && record.rev <= to && !given.has(record.rev))
    .map(({ record }) => `revision ${record.rev} is missing in the range ${from} to ${to}`)
}

function inOrder(records: readonly AnyRecord[]): AnyRecord[] {
  return [...records].sort((a, b) => a.pos - b.pos)
}

function firstDifference(shown: readonly AnyRecord[], fresh: readonly AnyRecord[]): string | null {
  for (let i = 0; i < Math.max(shown.length, fresh.length); i++) {
    const [held, true_] = [shown[i], fresh[i]]
    if (JSON.stringify(held) === JSON.stringify(true_)) continue
    return `at place ${i} it has ${told(held)}, the fresh read ${told(true_)}`
  }
  return null
}

function told(record: AnyRecord | undefined): string {
  return record === undefined ? 'nothing' : `"${textOf(record)}" (pos ${record.pos}, rev ${record.rev})`
}

function textOf(record: AnyRecord): string {
  if (record.deleted === true) return 'deleted'
  return String((record.data as { text?: unknown }).text)
}
