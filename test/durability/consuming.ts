/** Workers of the consumer `mail` in processes of their own, and what they were given. */
import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ConsumerReport } from 'dovetail-protocol'
import { expect, onTestFinished } from 'vitest'
import type { Rest } from '../support/clients/rest.ts'
import { tokenFor } from '../support/servers/token-for.ts'
import { until } from '../support/until.ts'

const program = fileURLToPath(new URL('./consuming-worker.mjs', import.meta.url))

interface Line {
  readonly worker: string
  readonly word: 'given' | 'acknowledged'
  readonly channel: string
  readonly from: number
  readonly to: number
}

export interface WorkerProcess {
  kill(): Promise<void>
}

export interface Workers {
  /** Starts a worker that asks these servers, in turn where one does not answer. */
  start(name: string, urls: readonly string[]): WorkerProcess
  lines(): Promise<readonly Line[]>
}

export async function startWorkers(): Promise<Workers> {
  const folder = await mkdtemp(join(tmpdir(), 'dovetail-workers-'))
  const file = join(folder, 'given.jsonl')
  const token = await tokenFor('worker', { role: 'service' })
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return {
    start: (name, urls) => {
      const child = spawn(process.execPath, [program, name, file, token, ...urls], {
        stdio: ['ignore', 'ignore', 'inherit'],
      })
      const ended = new Promise<void>((resolve) => child.on('close', () => resolve()))
      const kill = async (): Promise<void> => {
        child.kill('SIGKILL')
        await until(`${name} to end`, ended)
      }
      onTestFinished(kill)
      return { kill }
    },
    lines: async () => {
      const text = await readFile(file, 'utf8').catch(() => '')
      return text
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as Line)
    },
  }
}

/** Waits until all is acknowledged. */
export async function caughtUp(rest: Rest): Promise<void> {
  const lag = async () => (await rest.get<ConsumerReport>('/v1/consumers/mail')).body.lag
  await expect.poll(lag, { timeout: 60_000, interval: 100 }).toBe(0)
}

/**
 * What is wrong with what was given: a change that nobody was given, one that was given before those that precede it, or
 * one that was given again after it was acknowledged.
 */
export function faultsOf(lines: readonly Line[], heads: ReadonlyMap<string, number>): string[] {
  const faults: string[] = []
  const reached = new Map<string, { given: number; acknowledged: number }>()
  for (const { worker, word, channel, from, to } of lines) {
    const before = reached.get(channel) ?? { given: 0, acknowledged: 0 }
    const range = `${channel} ${from}-${to} of ${worker}`
    if (from > before.given) faults.push(`${range}: nobody was given ${before.given}-${from}`)
    if (word === 'given' && from < before.acknowledged)
      faults.push(`${range}: up to ${before.acknowledged} was acknowledged`)
    const after = { ...before, given: Math.max(before.given, to) }
    reached.set(channel, word === 'given' ? after : { ...after, acknowledged: Math.max(before.acknowledged, to) })
  }
  for (const [channel, head] of heads)
    if (reached.get(channel)?.given !== head)
      faults.push(`${channel}: given up to ${reached.get(channel)?.given ?? 0} of ${head}`)
  return faults
}
