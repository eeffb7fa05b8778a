/**
 * Judges a run by what writers and readers observed and by what a fresh read gives at its end; never by what a server
 * says of itself. The names of the anomalies follow Jepsen's checker for Kafka; since revisions are dense, sorting is
 * enough to find them.
 */
import type { Change } from 'dovetail-protocol'
import { checkHistory } from './check-history.ts'
import { checkCompleteness, checkSegments, type KnownChanges, knownChanges } from './check-ranges.ts'
import { firstDifference, inOrder, quoteText, textOf } from './describe.ts'
import type { Complaint, RunEvidence } from './evidence.ts'
import type { Acknowledged, Observation, Refused, Unknown } from './observation.ts'

/** Empty where nothing is wrong. */
export function findComplaints(run: RunEvidence): Complaint[] {
  const known = knownChanges(run)
  return [
    ...checkRefused(run),
    ...checkWrites(run),
    ...checkLog(run),
    ...run.readers.flatMap((reader) => checkReader(run, reader, known)),
    ...checkStreams(run, known),
  ]
}

function checkRefused({ refused, acknowledged, restored, epoch }: RunEvidence): Complaint[] {
  const last = new Map(acknowledged.map((each) => [each.id, each]))
  const isGone = ({ id, status }: Refused): boolean => {
    const former = id === null ? undefined : last.get(id)
    return restored && status === 404 && former !== undefined && former.epoch !== epoch
  }
  return refused.filter((each) => !isGone(each)).map(({ text }) => ({ invariant: 'refused', text }))
}

function checkWrites({ acknowledged, unknown, log, epoch, restored }: RunEvidence): Complaint[] {
  const records = new Map(log.map(({ record }) => [record.id, record]))
  const last = new Map(acknowledged.map((each) => [each.id, each]))
  const maybe = new Map(unknown.map((each) => [each.id, each]))
  const complaints: Complaint[] = []
  for (const each of last.values()) {
    const record = records.get(each.id)
    if (restored && each.epoch !== epoch) continue
    const subject = `acknowledged ${quoteText(each.text)} (${each.id})`
    if (record === undefined) complaints.push({ invariant: 'lost', text: `${subject} is not in the log` })
    else if (textOf(record) !== each.text && textOf(record) !== maybe.get(each.id)?.text)
      complaints.push({ invariant: 'lost', text: `${subject} is ${quoteText(textOf(record))} in the log` })
    else if (each.rev !== null && each.epoch === epoch && record.rev !== each.rev && !maybe.has(each.id))
      complaints.push({ invariant: 'repeat', text: `${subject} at ${each.rev} stands at ${record.rev}` })
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
      {
        invariant: 'phantom' as const,
        text: `${quoteText(textOf(record))} (${record.id}) is twice, or nobody wrote it`,
      },
    ]
  })
}

function checkLog({ log, head, fresh }: RunEvidence): Complaint[] {
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

function checkReader(run: RunEvidence, reader: Observation, known: KnownChanges): Complaint[] {
  const { name, resets, segments, histories } = reader
  const complaints: Complaint[] = resets
    .filter((reset) => reset.fromEpoch === reset.toEpoch)
    .map(({ reason, fromEpoch }) => ({
      invariant: 'needless_reset',
      text: `was reset (${reason}) within the epoch ${fromEpoch}`,
    }))
  complaints.push(...checkSegments(segments))
  const current = segments.filter(({ epoch }) => epoch === run.epoch)
  complaints.push(...current.flatMap((segment) => checkCompleteness(segment, known)))
  // Positions of an earlier epoch mean other records.
  if (segments.length === current.length)
    complaints.push(...histories.flatMap((pages) => checkHistory(pages, run.fresh)))
  if (reader.rev !== run.head || reader.epoch !== run.epoch)
    complaints.push({ invariant: 'late', text: `stands at ${reader.rev}, the head is ${run.head}` })
  const shown = reader.view.filter((record) => record.deleted !== true)
  const difference = firstDifference(inOrder(shown), run.fresh)
  if (difference !== null)
    complaints.push({ invariant: 'divergence', text: `its view differs from a fresh read: ${difference}` })
  return named(name, complaints)
}

function checkStreams({ streams, epoch }: RunEvidence, known: KnownChanges): Complaint[] {
  return streams.flatMap(({ name, segments }) => {
    const current = segments.filter((segment) => segment.epoch === epoch)
    const incomplete = current.flatMap((segment) => checkCompleteness(segment, known))
    return named(name, [...checkSegments(current), ...incomplete])
  })
}

function named(name: string, complaints: readonly Complaint[]): Complaint[] {
  return complaints.map(({ invariant, text }) => ({ invariant, text: `${name}: ${text}` }))
}
