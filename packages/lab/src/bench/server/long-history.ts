/** Measures the cost of a long history: its first page, a catch-up from its beginning, and the delay of the socket thread meanwhile. */
import { performance } from 'node:perf_hooks'
import { countMessages } from '../../load/payload.ts'
import { getRequest, PostConnection } from '../../load/post-connection.ts'
import { openWebSocketReader } from '../../load/reader-crowd.ts'
import { type BenchCandidate, startDovetail } from '../candidates/candidate.ts'
import { fillChannel } from '../drivers/fill-channel.ts'
import type { Row } from '../report/report.ts'
import { median } from '../report/value-at.ts'
import type { BenchSettings } from '../settings/bench-settings.ts'

const short = 'chat:short'
const shortRecords = 100
const long = 'chat:long'
const pagesRead = 400
const largePageLines = 2

/** The first page of the long channel, to that of the short one. */
const allowedRatio = 3
/** Milliseconds by which the socket thread's loop may be late, at p99, while large reads run. */
const allowedDelay = 20
/** Records a second that a reader is caught up by, from SQLite. */
const wantedRate = 150_000

export function pages(settings: BenchSettings, report: (line: string) => void): Promise<Row[]> {
  return withHistory(settings, report, 1_000_000, async (candidate, records) => [await firstPages(candidate, records)])
}

export function catchUp(settings: BenchSettings, report: (line: string) => void): Promise<Row[]> {
  return withHistory(settings, report, 300_000, catchUpRows)
}

async function withHistory(
  settings: BenchSettings,
  report: (line: string) => void,
  records: number,
  measure: (candidate: BenchCandidate, records: number) => Promise<Row[]>,
): Promise<Row[]> {
  const candidate = await startDovetail(settings)
  try {
    const began = performance.now()
    await fillChannel(candidate, long, records)
    const seconds = (performance.now() - began) / 1000
    report(`wrote ${records} records in ${seconds.toFixed(0)} s, by batches`)
    return await measure(candidate, records)
  } finally {
    await candidate.stop()
  }
}

async function firstPages(candidate: BenchCandidate, records: number): Promise<Row> {
  await fillChannel(candidate, short, shortRecords)
  // In turn, so that what else the machine does meets both alike; the first ones only warm up.
  const times: Record<string, number[]> = { [short]: [], [long]: [] }
  const line = new PostConnection(candidate.server.port)
  for (let i = 0; i < pagesRead; i++) {
    for (const [channel, taken] of Object.entries(times)) {
      const began = performance.now()
      const { status } = await line.send(getRequest({ ...candidate.post, path: pagePath(channel, 50) }))
      if (status !== 200) throw new Error(`a page was answered ${status}`)
      taken.push(performance.now() - began)
    }
  }
  line.destroy()
  const ofShort = median(times[short]?.slice(pagesRead / 4) ?? [])
  const ofLong = median(times[long]?.slice(pagesRead / 4) ?? [])
  return {
    title: `first page of a channel of ${records} records, to one of ${shortRecords}`,
    value: ofLong / ofShort,
    unit: 'times',
    limit: allowedRatio,
    detail: `${ofLong.toFixed(2)} ms to ${ofShort.toFixed(2)} ms`,
  }
}

function pagePath(channel: string, limit: number): string {
  return `/v1/channels/${channel}/messages?limit=${limit}`
}

async function catchUpRows(candidate: BenchCandidate, records: number): Promise<Row[]> {
  const { server } = candidate
  // Once unmeasured: the code is compiled, and the file is in memory for all alike.
  await readAll(candidate, records)
  const alone = await timed(candidate, records)
  await server.collect()
  await server.startDelayWatch()
  const pages = readLargePages(candidate)
  const beside = await timed(candidate, records)
  const delay = await server.stopDelayWatch()
  const pagesAnswered = await pages.stop()
  return [
    {
      title: 'catching up from the beginning',
      value: 1e6 / alone.rate,
      unit: 'µs',
      limit: 1e6 / wantedRate,
      detail: `a record; ${alone.rate.toFixed(0)} a second (${wantedRate} wanted), ${alone.cpu.toFixed(1)} s of CPU for ${records}`,
    },
    {
      title: 'the same while large pages are read',
      value: beside.rate,
      unit: 'per s',
      limit: null,
      detail: `${beside.seconds.toFixed(1)} s, ${pagesAnswered} pages of 500 records meanwhile`,
    },
    {
      title: 'event loop delay meanwhile: p99',
      value: delay.p99,
      unit: 'ms',
      limit: allowedDelay,
      detail: `p50 ${delay.p50.toFixed(1)} ms, max ${delay.max.toFixed(1)} ms`,
    },
  ]
}

/** Seconds of time and of the server's CPU. */
async function timed(
  candidate: BenchCandidate,
  records: number,
): Promise<{ readonly rate: number; readonly seconds: number; readonly cpu: number }> {
  const before = await candidate.server.usage()
  const began = performance.now()
  await readAll(candidate, records)
  const seconds = (performance.now() - began) / 1000
  const after = await candidate.server.usage()
  return { rate: records / seconds, seconds, cpu: (after.cpu - before.cpu) / 1e6 }
}

async function readAll({ server, path }: BenchCandidate, records: number): Promise<void> {
  let received = 0
  let finish = (): void => {}
  const complete = new Promise<void>((resolve) => {
    finish = resolve
  })
  const hello = JSON.stringify({ id: 1, op: 'hello' })
  const subscribe = JSON.stringify({ id: 2, op: 'subscribe', channel: long, after: '0' })
  const reader = await openWebSocketReader({
    port: server.port,
    path,
    greeting: [hello, subscribe],
    onText: (bytes, start, end) => {
      received += countMessages(bytes, start, end)
      if (received >= records) finish()
    },
  })
  await complete
  reader.destroy()
  if (received !== records) throw new Error(`${received} records came of ${records}`)
}

/** Reads the largest pages there are, one after another on each line, until it is stopped. */
function readLargePages({ server, post }: BenchCandidate): { stop(): Promise<number> } {
  let answered = 0
  let stopped = false
  const read = async (): Promise<void> => {
    const line = new PostConnection(server.port)
    while (!stopped) {
      await line.send(getRequest({ ...post, path: pagePath(long, 500) }))
      answered++
    }
    line.destroy()
  }
  const lines = Array.from({ length: largePageLines }, read)
  return {
    stop: async () => {
      stopped = true
      await Promise.all(lines)
      return answered
    },
  }
}
