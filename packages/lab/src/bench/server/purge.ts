/** Measures how much longer writers of another channel wait while `retain` deletes a great many records. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { payloadText } from '../../load/payload.ts'
import { getRequest, PostConnection } from '../../load/post-connection.ts'
import { PostPool } from '../../load/post-pool.ts'
import { type BenchCandidate, startDovetail } from '../candidates/candidate.ts'
import { fillChannel } from '../drivers/fill-channel.ts'
import { warmUp } from '../drivers/firehose.ts'
import { postAtRate } from '../drivers/post-at-rate.ts'
import { payloadBytes } from '../drivers/run-firehose.ts'
import type { Row } from '../report/report.ts'
import { median } from '../report/value-at.ts'
import type { BenchSettings } from '../settings/bench-settings.ts'

const purged = 'old:log'
const perSecond = 100
const lines = 8
/** Spells before the purge, and as many after it. */
const calmSpells = 4

/** The p99 while records are deleted, to that of calm spells. */
const allowed = 1.5

type Report = (line: string) => void

export async function purge(settings: BenchSettings, report: Report): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), 'dovetail-purge-'))
  try {
    const data = join(folder, 'data')
    const calm = await withServer(settings, await configFile(folder, 'forever'), data, async (candidate) => {
      await fillChannel(candidate, purged, settings.purgedRecords)
      report(`wrote ${settings.purgedRecords} records`)
      return await calmly(settings, candidate)
    })
    const config = await configFile(folder, '1 records')
    return await withServer(settings, config, data, async (candidate) => {
      const { p99s, seconds } = await whilePurging(settings, candidate)
      report(`deleted them in ${seconds.toFixed(0)} s`)
      const all = [...calm, ...(await calmly(settings, candidate))]
      report(`p99 of each spell: calm ${listed(all)} ms; while records are deleted ${listed(p99s)} ms`)
      return rowsOf(settings, all, p99s, seconds)
    })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function rowsOf(
  { purgedRecords }: BenchSettings,
  calm: readonly number[],
  during: readonly number[],
  seconds: number,
): Row[] {
  const [usual, meanwhile] = [median(calm), median(during)]
  return [
    {
      title: `acknowledgement in another channel while ${purgedRecords} records are deleted: p99, to calm`,
      value: meanwhile / usual,
      unit: 'times',
      limit: allowed,
      detail: `${meanwhile.toFixed(1)} to ${usual.toFixed(1)} ms at ${perSecond} writes/s, the medians of spells`,
    },
    {
      title: `deleting ${purgedRecords} records by retain`,
      value: seconds,
      unit: 's',
      limit: null,
      detail: `${(purgedRecords / seconds).toFixed(0)} a second`,
    },
  ]
}

async function configFile(folder: string, retain: string): Promise<string> {
  const path = join(folder, `${retain.replace(' ', '-')}.json`)
  const channels = { old: { retain, collections: { messages: {} } }, chat: { collections: { messages: {} } } }
  await writeFile(path, JSON.stringify({ channels }))
  return path
}

async function withServer<Result>(
  settings: BenchSettings,
  config: string,
  data: string,
  work: (candidate: BenchCandidate) => Promise<Result>,
): Promise<Result> {
  const candidate = await startDovetail(settings, { data, args: ['--config', config] })
  try {
    await warmUp(candidate)
    return await work(candidate)
  } finally {
    await candidate.stop()
  }
}

async function calmly(settings: BenchSettings, candidate: BenchCandidate): Promise<number[]> {
  const p99s: number[] = []
  for (let spell = 0; spell < calmSpells; spell++) p99s.push(await writeFor(candidate, settings.seconds))
  return p99s
}

/** Writes in spells until all records but the newest are gone. The first deletions begin within a minute. */
async function whilePurging(
  settings: BenchSettings,
  candidate: BenchCandidate,
): Promise<{ readonly p99s: readonly number[]; readonly seconds: number }> {
  const line = new PostConnection(candidate.server.port)
  try {
    const first = await firstPosition(line, candidate)
    while ((await firstPosition(line, candidate)) === first) await sleep(100)
    const began = performance.now()
    const p99s: number[] = []
    const isOver = async () => (await firstPosition(line, candidate)) >= settings.purgedRecords
    // A spell that sees the end is not of the purge alone; where it is the only one, it counts.
    for (;;) {
      const p99 = await writeFor(candidate, settings.seconds)
      const over = await isOver()
      if (!over || p99s.length === 0) p99s.push(p99)
      if (over) return { p99s, seconds: (performance.now() - began) / 1000 }
    }
  } finally {
    line.destroy()
  }
}

async function firstPosition(line: PostConnection, { post }: BenchCandidate): Promise<number> {
  const path = `/v1/channels/${purged}/messages?after=0&limit=1`
  const { status, body } = await line.send(getRequest({ ...post, path }))
  if (status !== 200) throw new Error(`a page was answered ${status}: ${body.slice(0, 300)}`)
  const { records } = JSON.parse(body) as { readonly records: readonly { readonly pos: number }[] }
  return records[0]?.pos ?? Number.POSITIVE_INFINITY
}

async function writeFor({ post }: BenchCandidate, seconds: number): Promise<number> {
  const pool = new PostPool({ ...post, connections: lines })
  const body = (index: number): string => `{"text":"${payloadText(index, payloadBytes)}"}`
  const count = Math.round(perSecond * seconds)
  const { p99 } = await postAtRate({ perSecond, count, post: (index) => pool.post(body(index)) })
  pool.close()
  return p99
}

function listed(values: readonly number[]): string {
  return values.map((value) => value.toFixed(1)).join(', ')
}
