/** What a connection costs that follows a channel in which nothing happens: the slope, so that what the process weighs by itself does not count. */
import { type Crowd, openCrowd, openSocket } from '../load/reader-crowd.ts'
import type { BenchSettings } from './bench-settings.ts'
import { type Contender, manyCommands, startDovetail, startPlainWs } from './contender.ts'
import type { Row } from './report.ts'

const few = 2000
const many = 10_000
/** KB of resident memory a connection. */
const allowed = 8

export async function idleMemory(settings: BenchSettings, tell: (line: string) => void): Promise<Row[]> {
  const plain = await slope(await startPlainWs(settings))
  tell(`plain ws: ${plain.toFixed(1)} KB a connection`)
  const dovetail = await slope(await startDovetail(settings, { args: manyCommands }))
  tell(`dovetail: ${dovetail.toFixed(1)} KB a connection`)
  return [
    {
      title: `resident memory of a subscribed, idle connection (${few} to ${many})`,
      value: dovetail,
      unit: 'KB',
      limit: allowed,
      detail: `plain ws ${plain.toFixed(1)} KB`,
    },
  ]
}

async function slope(contender: Contender): Promise<number> {
  const crowds: Crowd[] = []
  try {
    crowds.push(await join(contender, few))
    const before = await settledRss(contender)
    crowds.push(await join(contender, many - few))
    const after = await settledRss(contender)
    return (after - before) / (many - few) / 1024
  } finally {
    for (const crowd of crowds) crowd.close()
    await contender.stop()
  }
}

function join(contender: Contender, count: number): Promise<Crowd> {
  const { server, path, greeting } = contender
  // Several addresses of the loopback, since one has ports for some ten thousand connections only.
  const from = (reader: number): string => `127.0.0.${2 + (reader % 8)}`
  const open = (reader: number) =>
    openSocket({ port: server.port, path, greeting, onText: () => {}, from: from(reader) })
  return openCrowd({ count, open })
}

async function settledRss({ server }: Contender): Promise<number> {
  await server.collect()
  return (await server.usage()).rss
}
