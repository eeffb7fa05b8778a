/** What a connection costs that follows a channel in which nothing happens: the slope, so that what the process weighs by itself does not count. */
import { setTimeout as sleep } from 'node:timers/promises'
import { type Crowd, openCrowd } from '../load/reader-crowd.ts'
import type { BenchSettings } from './bench-settings.ts'
import { type Contender, manyCommands, startDovetail, startPlainWs } from './contender.ts'
import type { BenchTransport } from './dovetail-readers.ts'
import type { Row } from './report.ts'

const few = 2000
const many = 10_000
/** KB of resident memory of a WebSocket. */
const allowed = 8
/** Until the last of the polls, which are answered by nothing at first, have been parked. */
const parkMs = 2000

export async function idleMemory(settings: BenchSettings, tell: (line: string) => void): Promise<Row[]> {
  const plain = await slope(await startPlainWs(settings))
  tell(`plain ws: ${plain.toFixed(1)} KB a connection`)
  const rows: Row[] = []
  for (const transport of ['websocket', 'sse', 'long-poll'] satisfies BenchTransport[]) {
    const value = await slope(await startDovetail(settings, { transport, args: manyCommands }))
    tell(`dovetail by ${transport}: ${value.toFixed(1)} KB a connection`)
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

async function slope(contender: Contender): Promise<number> {
  const crowds: Crowd[] = []
  const join = async (count: number): Promise<void> => {
    crowds.push(await openCrowd({ count, open: () => contender.openReader(() => {}) }))
    await sleep(parkMs)
  }
  try {
    await join(few)
    const before = await settledRss(contender)
    await join(many - few)
    const after = await settledRss(contender)
    return (after - before) / (many - few) / 1024
  } finally {
    for (const crowd of crowds) crowd.close()
    await contender.stop()
  }
}

async function settledRss({ server }: Contender): Promise<number> {
  await server.collect()
  return (await server.usage()).rss
}
