/** Measures the memory of an idle connection: the slope over the number of connections, so that the memory of the process itself does not count. */

import { setTimeout as sleep } from 'node:timers/promises'
import { openCrowd, type ReaderCrowd } from '../../load/reader-crowd.ts'
import { highCommandLimits } from '../../processes/high-command-limits.ts'
import { type BenchCandidate, startDovetail, startPlainWs } from '../candidates/candidate.ts'
import type { BenchTransport } from '../candidates/dovetail-readers.ts'
import type { Row } from '../report/report.ts'
import type { BenchSettings } from '../settings/bench-settings.ts'

const few = 2000
const many = 10_000
/** KB of resident memory of a WebSocket. */
const allowed = 8
/** Until the last of the polls, which are answered by nothing at first, have been parked. */
const parkMs = 2000

export async function idleMemory(settings: BenchSettings, report: (line: string) => void): Promise<Row[]> {
  const plain = await slope(await startPlainWs(settings))
  report(`plain ws: ${plain.toFixed(1)} KB a connection`)
  const rows: Row[] = []
  for (const transport of ['websocket', 'sse', 'long-poll'] satisfies BenchTransport[]) {
    const value = await slope(await startDovetail(settings, { transport, args: highCommandLimits }))
    report(`dovetail by ${transport}: ${value.toFixed(1)} KB a connection`)
    const isSocket = transport === 'websocket'
    rows.push({
      title: `resident memory of an idle reader by ${transport} (${few} to ${many})`,
      value,
      unit: 'KB',
      limit: isSocket ? allowed : null,
      detail: isSocket ? `plain ws ${plain.toFixed(1)} KB` : '',
    })
  }
  return rows
}

async function slope(candidate: BenchCandidate): Promise<number> {
  const crowds: ReaderCrowd[] = []
  const join = async (count: number): Promise<void> => {
    crowds.push(await openCrowd({ count, open: () => candidate.openReader(() => {}) }))
    await sleep(parkMs)
  }
  try {
    await join(few)
    const before = await settledRss(candidate)
    await join(many - few)
    const after = await settledRss(candidate)
    return (after - before) / (many - few) / 1024
  } finally {
    for (const crowd of crowds) crowd.close()
    await candidate.stop()
  }
}

async function settledRss({ server }: BenchCandidate): Promise<number> {
  await server.collect()
  return (await server.usage()).rss
}
