/** Measures the cost of an acknowledged, flushed write over HTTP, and the gain of group commits. */
import { performance } from 'node:perf_hooks'
import { payloadText } from '../../load/payload.ts'
import { PostPool } from '../../load/post-pool.ts'
import { type BenchCandidate, startDovetail, startPlainFastify } from '../candidates/candidate.ts'
import { warmUp } from '../drivers/firehose.ts'
import { type PostTimings, postAtRate } from '../drivers/post-at-rate.ts'
import { payloadBytes, requireStatus } from '../drivers/run-firehose.ts'
import type { Row } from '../report/report.ts'
import type { BenchSettings } from '../settings/bench-settings.ts'

const perSecond = 2000
const lines = 64

/** Under 90 µs where a plain JSON POST costs 30: the machine's own speed cancels out. */
const allowed = 3

export async function writeCost(settings: BenchSettings, report: (line: string) => void): Promise<Row[]> {
  const plain = await measureServer(settings, startPlainFastify, (candidate) => costAtRate(candidate, settings.seconds))
  report(`plain fastify, ${perSecond} posts/s: ${formatResult(plain)}`)
  const { cost, single, grouped } = await measureServer(settings, startDovetail, async (candidate) => ({
    cost: await costAtRate(candidate, settings.seconds),
    single: await closedLoop(candidate, 1, settings.seconds / 2),
    grouped: await closedLoop(candidate, lines, settings.seconds / 2),
  }))
  report(`dovetail, ${perSecond} writes/s: ${formatResult(cost)}`)
  report(
    `dovetail, as fast as it goes: ${single.toFixed(0)} writes/s one by one, ${grouped.toFixed(0)} by ${lines} at a time`,
  )
  return [
    {
      title: `acknowledged, flushed write at ${perSecond}/s: CPU, to a plain Fastify POST`,
      value: cost.cpu / plain.cpu,
      unit: 'times',
      limit: allowed,
      detail: `${cost.cpu.toFixed(1)} µs to ${plain.cpu.toFixed(1)} µs`,
    },
    {
      title: `acknowledgement at ${perSecond}/s: p99`,
      value: cost.p99,
      unit: 'ms',
      limit: null,
      detail: `p50 ${cost.p50.toFixed(1)} ms; plain p50 ${plain.p50.toFixed(1)}, p99 ${plain.p99.toFixed(1)} ms`,
    },
    {
      title: `writes a second, ${lines} at a time, to one by one`,
      value: grouped / single,
      unit: 'times',
      limit: null,
      detail: `${grouped.toFixed(0)} to ${single.toFixed(0)} a second`,
    },
  ]
}

async function measureServer<Result>(
  settings: BenchSettings,
  start: (settings: BenchSettings) => Promise<BenchCandidate>,
  measure: (candidate: BenchCandidate) => Promise<Result>,
): Promise<Result> {
  const candidate = await start(settings)
  try {
    await warmUp(candidate)
    return await measure(candidate)
  } finally {
    await candidate.stop()
  }
}

interface Cost extends Pick<PostTimings, 'p50' | 'p99'> {
  /** Microseconds of CPU of the whole server process per acknowledged write. */
  readonly cpu: number
}

const body = (index: number): string => `{"text":"${payloadText(index, payloadBytes)}"}`

async function costAtRate({ server, post }: BenchCandidate, seconds: number): Promise<Cost> {
  const pool = new PostPool({ ...post, connections: lines })
  const count = Math.round(perSecond * seconds)
  const before = await server.usage()
  const { p50, p99 } = await postAtRate({ perSecond, count, post: (index) => pool.post(body(index)) })
  const after = await server.usage()
  pool.close()
  return { cpu: (after.cpu - before.cpu) / count, p50, p99 }
}

/** Acknowledged writes a second where each of `atATime` writers begins the next once its last was answered. */
async function closedLoop({ post }: BenchCandidate, atATime: number, seconds: number): Promise<number> {
  const pool = new PostPool({ ...post, connections: atATime })
  const endAt = performance.now() + seconds * 1000
  let written = 0
  const writer = async (): Promise<void> => {
    while (performance.now() < endAt) {
      const { status, body: text } = await pool.post(body(written))
      requireStatus(201, status, text)
      written++
    }
  }
  await Promise.all(Array.from({ length: atATime }, writer))
  pool.close()
  return written / seconds
}

function formatResult({ cpu, p50, p99 }: Cost): string {
  return `${cpu.toFixed(1)} µs each, p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`
}
