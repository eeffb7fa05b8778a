/** What a connection costs that follows a channel in which nothing happens: the slope, so that what the process weighs by itself does not count. */
import { setTimeout as sleep } from 'node:timers/promises'
import { type Crowd, type LoadReader, openCrowd, openSocket } from '../load/reader-crowd.ts'
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
  const plain = await slope(await startPlainWs(settings), bySocket)
  tell(`plain ws: ${plain.toFixed(1)} KB a connection`)
  const rows: Row[] = []
  for (const transport of ['websocket', 'sse', 'long-poll'] satisfies BenchTransport[]) {
    const dovetail = await startDovetail(settings, { transport, args: manyCommands })
    const value = await slope(dovetail, transport === 'websocket' ? bySocket : byHttp)
    tell(`dovetail by ${transport}: ${value.toFixed(1)} KB a connection`)
    rows.push({
      title: `resident memory of an idle reader by ${transport} (${few} to ${many})`,
      value,
      unit: 'KB',
      limit: transport === 'websocket' ? allowed : null,
      detail: transport === 'websocket' ? `plain ws ${plain.toFixed(1)} KB` : '',
    })
  }
  return rows
}

type Open = (contender: Contender, reader: number) => Promise<LoadReader>

/** Of several addresses of the loopback, since one has ports for some ten thousand connections only. */
const bySocket: Open = ({ server, path, greeting }, reader) =>
  openSocket({ port: server.port, path, greeting, onText: () => {}, from: `127.0.0.${2 + (reader % 8)}` })

const byHttp: Open = (contender) => contender.openReader(() => {})

async function slope(contender: Contender, open: Open): Promise<number> {
  const crowds: Crowd[] = []
  const join = async (count: number): Promise<void> => {
    crowds.push(await openCrowd({ count, open: (reader) => open(contender, reader) }))
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
