/** Measures how fast records move in by the commands: `dovetail import`, and `dovetail publish` of lines from stdin. */
import { spawn } from 'node:child_process'
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { payloadText } from '../../load/payload.ts'
import { serviceToken } from '../../processes/service-token.ts'
import { startPostgres } from '../../services/postgres.ts'
import { type BenchCandidate, benchSecret, startDovetail } from '../candidates/candidate.ts'
import { payloadBytes } from '../drivers/run-firehose.ts'
import type { Row } from '../report/report.ts'
import type { BenchSettings } from '../settings/bench-settings.ts'

const imported = 100_000
const published = 10_000

/** Seconds, from the start of the command to its end. */
const allowed = { import: 10, postgres: 20, publish: 3 }

type Report = (line: string) => void

export async function moving(settings: BenchSettings, report: Report): Promise<Row[]> {
  const rows = await withFolder(async (files) => {
    const candidate = await startDovetail(settings)
    try {
      const importing = await importRow(settings, candidate, files, 'SQLite', allowed.import)
      return [importing, await publishRow(settings, candidate, files)]
    } finally {
      await candidate.stop()
    }
  })
  for (const { title, value, detail } of rows) report(`${title}: ${value.toFixed(1)} s, ${detail}`)
  return rows
}

/** PostgreSQL shares the core of the server. */
export async function movingPostgres(settings: BenchSettings): Promise<Row[]> {
  const postgres = await startPostgres()
  try {
    return await withFolder(async (files) => {
      const candidate = await startDovetail(settings, { args: ['--store', postgres.url] })
      try {
        return [await importRow(settings, candidate, files, 'PostgreSQL', allowed.postgres)]
      } finally {
        await candidate.stop()
      }
    })
  } finally {
    await postgres.stop()
  }
}

interface Files {
  readonly records: string
  readonly lines: string
}

async function withFolder<Result>(work: (files: Files) => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'dovetail-moving-'))
  try {
    const files = { records: join(folder, 'records.jsonl'), lines: join(folder, 'lines.jsonl') }
    const text = (index: number): string => payloadText(index, payloadBytes)
    await writeLines(files.records, imported, (index) => ({
      id: `m${index}`,
      author: `user${index % 50}`,
      createdAt: new Date(1_600_000_000_000 + index * 1000).toISOString(),
      data: { text: text(index) },
    }))
    await writeLines(files.lines, published, (index) => ({ text: text(index) }))
    return await work(files)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function writeLines(file: string, count: number, lineOf: (index: number) => object): Promise<void> {
  const lines = Array.from({ length: count }, (_, index) => `${JSON.stringify(lineOf(index))}\n`)
  await writeFile(file, lines.join(''))
}

async function importRow(
  settings: BenchSettings,
  candidate: BenchCandidate,
  { records }: Files,
  store: string,
  limit: number,
): Promise<Row> {
  const { seconds, cpu } = await timed(settings, candidate, ['import', records, 'chat:moved', 'messages'], null)
  return {
    title: `import of ${imported} messages into ${store}`,
    value: seconds,
    unit: 's',
    limit,
    detail: `${(cpu / imported).toFixed(0)} µs of the server's CPU a message`,
  }
}

async function publishRow(settings: BenchSettings, candidate: BenchCandidate, { lines }: Files): Promise<Row> {
  const { seconds, cpu } = await timed(settings, candidate, ['publish', 'chat:published', 'messages'], lines)
  return {
    title: `publish of ${published} lines`,
    value: seconds,
    unit: 's',
    limit: allowed.publish,
    detail: `${(cpu / published).toFixed(0)} µs of the server's CPU a line`,
  }
}

/** Runs the command to its end. `cpu`: of the server, in µs. */
async function timed(
  { dovetail }: BenchSettings,
  { server }: BenchCandidate,
  args: readonly string[],
  input: string | null,
): Promise<{ readonly seconds: number; readonly cpu: number }> {
  const before = await server.usage()
  const began = performance.now()
  const stdin = input === null ? null : await open(input)
  try {
    await runCommand([dovetail, ...args], stdin?.fd ?? 'ignore', {
      DOVETAIL_URL: `http://127.0.0.1:${server.port}`,
      DOVETAIL_TOKEN: serviceToken(benchSecret),
    })
  } finally {
    await stdin?.close()
  }
  const seconds = (performance.now() - began) / 1000
  return { seconds, cpu: (await server.usage()).cpu - before.cpu }
}

function runCommand(args: readonly string[], stdin: number | 'ignore', env: NodeJS.ProcessEnv): Promise<void> {
  return new Promise((resolve, reject) => {
    const stdio = [stdin, 'ignore', 'inherit'] as const
    const child = spawn(process.execPath, args, { stdio: [...stdio], env: { ...process.env, ...env } })
    child.once('error', reject)
    child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`${args[1]} ended with ${code}`))))
  })
}
