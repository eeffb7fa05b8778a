import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import { until } from '../until.ts'
import { dovetailCommand } from './dovetail-command.ts'
import { type Server, serverAt } from './serving.ts'
import { testSecret } from './token-for.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))

/** Several that start at once, each compiled as it is loaded, take long on a busy machine. */
const startMs = 60_000

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface Spawned {
  readonly server: Server
  readonly pid: number
  readonly data: string
  stdout(): string
  stderr(): string
  /** Sends the signal and waits for the end. */
  kill(signal?: NodeJS.Signals): Promise<Ended>
  readonly ended: Promise<Ended>
  /** The same data and port in a new process; the old one must have ended. */
  restart(): Promise<Spawned>
}

export interface SpawnOptions {
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly data?: string
  readonly port?: number
  /** A program of the tests that stands in for `dovetail`, and takes the same arguments. */
  readonly entry?: string
  /** A command that runs the server under itself, such as `strace` and its flags. */
  readonly under?: readonly string[]
}

/** Runs `dovetail` with these arguments, and waits for nothing. What still runs when the test ends is killed then. */
export function runDovetail(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  { entry, under = [] }: Pick<SpawnOptions, 'entry' | 'under'> = {},
) {
  const [file = '', ...command] = [...under, ...dovetailCommand(entry), ...args]
  const child = spawn(file, command, { cwd: root, env: cleanEnv(env), stdio: 'pipe' })
  const text = { stdout: '', stderr: '' }
  child.stdout.on('data', (chunk) => {
    text.stdout += String(chunk)
  })
  child.stderr.on('data', (chunk) => {
    text.stderr += String(chunk)
  })
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal, ...text }))
  })
  onTestFinished(() => killed(child, ended))
  return { child, text, ended }
}

const foreign = /^(DOVETAIL_|OTEL_|VITEST|NODE_OPTIONS$|NO_COLOR$|FORCE_COLOR$)/

/** In a run by a shifted clock (scripts/clock), servers have that clock too. */
const clockOptions = process.env.CLOCK_SHIFT_MS === undefined ? {} : { NODE_OPTIONS: process.env.NODE_OPTIONS ?? '' }

/** Our own settings only: those of whoever runs the tests must not reach the server. */
function cleanEnv(env: Readonly<Record<string, string>>): Record<string, string> {
  const kept = Object.entries(process.env).flatMap(([name, value]) =>
    value === undefined || foreign.test(name) ? [] : [[name, value] as const],
  )
  return { ...Object.fromEntries(kept), ...clockOptions, ...env }
}

/** A real process: `dovetail serve`. It ends with the test that started it. */
export async function spawnServer(options: SpawnOptions = {}): Promise<Spawned> {
  const data = options.data ?? (await mkdtemp(join(tmpdir(), 'dovetail-spawn-')))
  const args = ['serve', '--port', String(options.port ?? 0), '--data', data, ...(options.args ?? [])]
  const run = runDovetail(args, { DOVETAIL_SECRET: testSecret, ...options.env }, options)
  onTestFinished(async () => {
    // Hooks run latest first: before the one that kills it.
    await killed(run.child, run.ended)
    await rm(data, { recursive: true, force: true })
  })
  const port = await until('the line "ready at"', readyPort(run), () => run.text.stderr, startMs)
  const server = serverAt(port)
  onTestFinished(() => server.stop())
  return {
    server,
    data,
    pid: run.child.pid ?? 0,
    stdout: () => run.text.stdout,
    stderr: () => run.text.stderr,
    ended: run.ended,
    kill: (signal = 'SIGKILL') => {
      run.child.kill(signal)
      return until('the process to end', run.ended)
    },
    restart: () => spawnServer({ ...options, data, port }),
  }
}

function readyPort(run: ReturnType<typeof runDovetail>): Promise<number> {
  return new Promise((resolve, reject) => {
    const check = () => {
      const match = /ready at http:\/\/\S+:(\d+)/.exec(run.text.stdout)
      if (match !== null) resolve(Number(match[1]))
    }
    run.child.stdout?.on('data', check)
    void run.ended.then(({ code, stderr }) => reject(new Error(`ended with ${code} before it was ready: ${stderr}`)))
  })
}

async function killed(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
  await ended
}
