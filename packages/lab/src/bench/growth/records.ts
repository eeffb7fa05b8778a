/** What a channel costs with ever more records: its first page, a catch-up of 1,000, a search, a delivery, and the start of the server. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { getRequest, PostConnection } from '../../load/post-connection.ts'
import { SeededRandom } from '../../random/seeded-random.ts'
import { type BenchCandidate, startDovetail } from '../candidates/candidate.ts'
import { readCursor } from '../candidates/dovetail-readers.ts'
import { fillChannel } from '../drivers/fill-channel.ts'
import { measureFanOut, oneServer, warmUp } from '../drivers/firehose.ts'
import { messageWords, vocabulary, wordOf } from '../drivers/message-words.ts'
import { median } from '../report/value-at.ts'
import type { BenchSettings } from '../settings/bench-settings.ts'
import type { Series } from './series.ts'

const channel = 'chat:bench'
const reads = 200
const caughtUp = 1000
const starts = 5
const fanOut = { readers: 100, perSecond: 50, seconds: 5 }
const warmUpPosts = 10_000
const allowed = 1.3

/** The median of each. */
interface Costs {
  readonly page: number
  readonly catchUp: number
  readonly search: number
  readonly delivery: number
  readonly start: number
}

const measures: readonly (Pick<Series, 'title' | 'unit' | 'limit'> & { readonly cost: keyof Costs })[] = [
  { cost: 'delivery', title: 'CPU of a delivery', unit: 'µs', limit: allowed },
  { cost: 'page', title: 'first page of 50', unit: 'ms', limit: null },
  { cost: 'catchUp', title: 'catch-up of 1,000', unit: 'ms', limit: null },
  { cost: 'search', title: 'search for a rare word', unit: 'ms', limit: null },
  { cost: 'start', title: 'start and stop of the server', unit: 's', limit: null },
]

/** One channel grows from size to size, so that the largest is written once. */
export async function overRecords(settings: BenchSettings, report: (line: string) => void): Promise<Series[]> {
  const data = await mkdtemp(join(tmpdir(), 'dovetail-growth-'))
  const random = new SeededRandom(1)
  const sized: { readonly size: number; readonly costs: Costs }[] = []
  try {
    for (const size of settings.recordSizes) {
      await withServer(settings, data, (candidate) => growTo(candidate, size, random))
      const start = await medianOf(starts, () => timed(() => withServer(settings, data, async () => {})))
      const costs = await withServer(settings, data, (candidate) => costsOf(candidate, random))
      sized.push({ size, costs: { ...costs, start: start / 1000 } })
      report(`${size} records: ${JSON.stringify(sized.at(-1)?.costs)}`)
    }
  } finally {
    await rm(data, { recursive: true, force: true })
  }
  return measures.map(({ cost, ...measure }) => ({
    over: 'records',
    ...measure,
    values: sized.map(({ size, costs }) => ({ size, value: costs[cost] })),
  }))
}

async function withServer<Result>(
  settings: BenchSettings,
  data: string,
  work: (candidate: BenchCandidate) => Promise<Result>,
): Promise<Result> {
  const candidate = await startDovetail(settings, { data })
  try {
    return await work(candidate)
  } finally {
    await candidate.stop()
  }
}

async function growTo(candidate: BenchCandidate, size: number, random: SeededRandom): Promise<void> {
  const there = revisionOf(await readCursor(candidate.server.port, channel))
  await fillChannel(candidate, channel, Math.max(0, size - there), () => messageWords(random))
}

/** How many changes the log has. Only those who made the log may read that from a cursor. */
function revisionOf(cursor: string): number {
  return Number(cursor.slice(cursor.lastIndexOf('.') + 1))
}

/** What only reads comes first: the deliveries make the channel longer. */
async function costsOf(candidate: BenchCandidate, random: SeededRandom): Promise<Omit<Costs, 'start'>> {
  const { server, post } = candidate
  const line = new PostConnection(server.port)
  const get = async (path: string): Promise<string> => {
    const { status, body } = await line.send(getRequest({ ...post, path: `/v1/channels/${channel}/${path}` }))
    if (status !== 200) throw new Error(`${path} was answered ${status}: ${body}`)
    return body
  }
  const rareWord = (): string => wordOf(random.between(vocabulary / 2, vocabulary))
  const page = await medianOf(reads, () => timed(() => get('messages?limit=50')))
  const search = await medianOf(reads, () => timed(() => get(`messages?limit=50&q=${rareWord()}`)))
  const cursor = await readCursor(server.port, channel)
  await fillChannel(candidate, channel, caughtUp, () => messageWords(random))
  const catchUp = await medianOf(reads, () => timed(() => readChanges(get, cursor)))
  line.destroy()
  await warmUp(candidate, warmUpPosts)
  const { cpu, lost, repeated } = await measureFanOut(oneServer(candidate), fanOut)
  if (lost + repeated > 0) throw new Error(`${lost} lost and ${repeated} repeated`)
  return { page, catchUp, search, delivery: cpu }
}

async function readChanges(get: (path: string) => Promise<string>, from: string): Promise<void> {
  let after = from
  let more = true
  while (more) {
    const reply = JSON.parse(await get(`changes?limit=${caughtUp}&after=${after}`)) as { cursor: string; more: boolean }
    after = reply.cursor
    more = reply.more
  }
}

/** Milliseconds. */
async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await work()
  return performance.now() - began
}

async function medianOf(count: number, measure: () => Promise<number>): Promise<number> {
  const values: number[] = []
  for (let i = 0; i < count; i++) values.push(await measure())
  return median(values)
}
