/** The end of a run: all is quiet, readers arrive, everything is read anew. */
import { setTimeout as pause } from 'node:timers/promises'
import type { History } from './history.ts'
import { type Complaint, judge } from './judge.ts'
import { type Nodes, readLog, readPages } from './nodes.ts'
import type { Acknowledged, Unknown } from './observation.ts'
import type { Reader } from './reader.ts'
import type { Written } from './writer.ts'

export interface Settling {
  readonly nodes: Nodes
  readonly channel: string
  readonly collection: string
  readonly token: string | null
  readonly readers: readonly Reader[]
  /** Each reader's first page and stream. */
  readonly opened: readonly Promise<void>[]
  readonly written: readonly Written[]
  readonly acknowledged: readonly Acknowledged[]
  readonly history: History
  /** For how long readers may take to arrive. */
  readonly withinMs: number
  readonly restored: boolean
}

export interface Settled {
  readonly head: number
  readonly unknown: readonly Unknown[]
  readonly resets: number
  readonly complaints: readonly Complaint[]
}

/** Closes the readers. */
export async function settle(settling: Settling): Promise<Settled> {
  const { nodes, channel, collection, token, readers, opened, written, acknowledged, history, withinMs, restored } =
    settling
  history.note({ kind: 'phase', name: 'settle' })
  const insist = (path: string) => nodes.insist(path, { token, pause, signal: AbortSignal.timeout(withinMs) })
  const { epoch, head, log: whole } = await readLog(insist, channel)
  const arrived = readers.map((reader, index) => opened[index]?.then(() => reader.reached(epoch, head)))
  // Who does not arrive is the judge's business, who tells where it stands.
  await Promise.race([Promise.all(arrived), pause(withinMs, undefined, { ref: false })])
  history.note({ kind: 'phase', name: 'read' })
  const log = whole.filter((change) => change.collection === collection)
  const path = `/v1/channels/${channel}/${collection}`
  const pages = await Promise.all([7, 100, 500].map((limit) => readPages(insist, path, limit)))
  const fresh = pages[0] ?? []
  const seen = readers.map((reader) => reader.seen)
  for (const reader of readers) reader.close()
  const unknown = written.flatMap((each) => each.unknown)
  const refused = written.flatMap((each) => each.refused)
  const differing = pages.some((each) => JSON.stringify(each) !== JSON.stringify(fresh))
  const complaints: Complaint[] = [
    ...(differing ? [{ invariant: 'divergence' as const, text: 'pages of 7, 100 and 500 records differ' }] : []),
    ...judge({ acknowledged, unknown, refused, restored, epoch, log, head, fresh, readers: seen }),
  ]
  for (const each of seen)
    history.add({ reader: each.name, rev: each.rev, resets: each.resets, segments: each.segments })
  for (const complaint of complaints) history.add({ complaint })
  return { head, unknown, resets: seen.reduce((sum, each) => sum + each.resets.length, 0), complaints }
}
