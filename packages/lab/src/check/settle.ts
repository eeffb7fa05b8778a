/** The second part of a run: the writers are done, the readers catch up, and everything is read again and judged. */
import { setTimeout as pause } from 'node:timers/promises'
import type { AnyRecord } from 'dovetail-protocol'
import { isSettledWithin } from '../time/is-settled-within.ts'
import { type Nodes, readLog, readPages, readPagesBackward } from './client/nodes.ts'
import type { Complaint } from './judge/evidence.ts'
import type { RunHistory } from './judge/history.ts'
import { findComplaints } from './judge/judge.ts'
import type { Acknowledged, Stream, Unknown } from './judge/observation.ts'
import type { Reader } from './readers/reader.ts'
import type { Written } from './writer.ts'

export interface SettleOptions {
  readonly nodes: Nodes
  readonly channel: string
  readonly collection: string
  readonly token: string | null
  readonly readers: readonly Reader[]
  /** Each reader's first page and stream. */
  readonly opened: readonly Promise<void>[]
  readonly written: readonly Written[]
  readonly acknowledged: readonly Acknowledged[]
  readonly streams: readonly Stream[]
  readonly history: RunHistory
  /** For how long readers may take to arrive. */
  readonly withinMs: number
  readonly restored: boolean
}

export interface SettleResult {
  readonly head: number
  readonly unknown: readonly Unknown[]
  readonly resets: number
  readonly complaints: readonly Complaint[]
}

/** Closes the readers. */
export async function settle(settling: SettleOptions): Promise<SettleResult> {
  const { nodes, channel, collection, token, readers, opened, written, acknowledged, history, withinMs } = settling
  history.note({ kind: 'phase', name: 'settle' })
  const request = (path: string) =>
    nodes.requestUntilAnswered(path, { token, pause, signal: AbortSignal.timeout(withinMs) })
  const { epoch, head, log: whole } = await readLog(request, channel)
  const arrived = readers.map((reader, index) => opened[index]?.then(() => reader.reached(epoch, head)))
  // A reader that does not arrive is a complaint of the judge, which says where it stands.
  await isSettledWithin(Promise.all(arrived), withinMs)
  history.note({ kind: 'phase', name: 'read' })
  const log = whole.filter((change) => change.collection === collection)
  const { fresh, complaints: ofPages } = await readAllPages(request, `/v1/channels/${channel}/${collection}`)
  const seen = readers.map((reader) => reader.observation)
  for (const reader of readers) reader.close()
  const unknown = written.flatMap((each) => each.unknown)
  const refused = written.flatMap((each) => each.refused)
  const { restored, streams } = settling
  const evidence = { acknowledged, unknown, refused, restored, epoch, log, head, fresh, readers: seen, streams }
  const complaints: Complaint[] = [...ofPages, ...findComplaints(evidence)]
  for (const each of seen)
    history.add({ reader: each.name, rev: each.rev, resets: each.resets, segments: each.segments })
  for (const complaint of complaints) history.add({ complaint })
  return { head, unknown, resets: seen.reduce((sum, each) => sum + each.resets.length, 0), complaints }
}

/** Sizes of the pages that are read backwards: with the smallest, nearly every record is once the first of a page. */
const backwardLimits = [2, 7, 50]
/** A long log is not read in pages of 2 to its end. */
const mostPages = 300

/** The same records in pages of several sizes, in both directions: all must be alike. */
async function readAllPages(
  request: (path: string) => Promise<unknown>,
  path: string,
): Promise<{ readonly fresh: readonly AnyRecord[]; readonly complaints: readonly Complaint[] }> {
  const [fresh = [], ...others] = await Promise.all([500, 100, 7].map((limit) => readPages(request, path, limit)))
  const backward = await Promise.all(backwardLimits.map((limit) => readPagesBackward(request, path, limit, mostPages)))
  const complaints: Complaint[] = []
  if (others.some((pages) => !areAlike(pages, fresh)))
    complaints.push({ invariant: 'divergence', text: 'pages of 500, 100 and 7 records by after= differ' })
  for (const [index, { records, isWhole }] of backward.entries()) {
    const expected = isWhole ? fresh : fresh.slice(-records.length)
    if (!areAlike(records, expected))
      complaints.push({
        invariant: 'divergence',
        text: `pages of ${backwardLimits[index]} records by before= differ from those by after=`,
      })
  }
  return { fresh, complaints }
}

function areAlike(records: readonly AnyRecord[], others: readonly AnyRecord[]): boolean {
  return JSON.stringify(records) === JSON.stringify(others)
}
