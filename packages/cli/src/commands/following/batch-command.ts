/** A command that is run for each batch, with the batch on its stdin, and again where it failed. */
import { spawn } from 'node:child_process'
import { setTimeout as pause } from 'node:timers/promises'
import { CommandFailure } from '../../failures/command-failure.ts'
import type { Terminal } from '../../terminal/terminal.ts'

/** `stopped`: the signal was aborted before the command had ended well. */
export type BatchOutcome = 'done' | 'failed' | 'stopped'

export interface BatchCommandOptions {
  readonly terminal: Terminal
  /** The program and its arguments. */
  readonly args: readonly string[]
  /** How often it is run for one batch, until it ends with 0. */
  readonly tries: number
  /** Set in its environment. */
  readonly variables: Readonly<Record<string, string>>
  /** Resolves after so many milliseconds, or when the signal is aborted. */
  readonly wait?: (ms: number, signal: AbortSignal) => Promise<void>
}

const firstWaitMs = 1000
const longestWaitMs = 60_000
/** A command that was told to end is killed after this time. */
const killMs = 4000

export class BatchCommand {
  readonly #options: BatchCommandOptions

  constructor(options: BatchCommandOptions) {
    this.#options = options
  }

  async run(lines: string, signal: AbortSignal): Promise<BatchOutcome> {
    const { tries, wait = waitFor, terminal } = this.#options
    for (let failures = 0; ; ) {
      const end = await this.#once(lines, signal)
      if (end === 0) return 'done'
      if (signal.aborted) return 'stopped'
      failures++
      if (failures >= tries) return 'failed'
      const waitMs = Math.min(longestWaitMs, firstWaitMs * 2 ** (failures - 1))
      terminal.stderr(`dovetail: the command ended with ${end}; it is run again in ${waitMs / 1000} s\n`)
      await wait(waitMs, signal)
      if (signal.aborted) return 'stopped'
    }
  }

  /** The exit code, or the signal that ended it. */
  #once(lines: string, signal: AbortSignal): Promise<number | NodeJS.Signals> {
    const { terminal, args, variables } = this.#options
    const [program = '', ...rest] = args
    return new Promise((resolve, reject) => {
      const child = spawn(program, rest, { stdio: 'pipe', env: { ...process.env, ...variables } })
      let killing: NodeJS.Timeout | undefined
      const stop = () => {
        child.kill('SIGTERM')
        killing ??= setTimeout(() => child.kill('SIGKILL'), killMs)
      }
      const settle = () => {
        clearTimeout(killing)
        signal.removeEventListener('abort', stop)
      }
      child.stdout.setEncoding('utf8').on('data', terminal.stdout)
      child.stderr.setEncoding('utf8').on('data', terminal.stderr)
      // A command need not read all of its stdin.
      child.stdin.on('error', () => undefined)
      child.stdin.end(lines)
      child.on('error', (cause) => {
        settle()
        reject(new CommandFailure(`${program}: ${cause.message}`, { cause }))
      })
      child.on('close', (code, ended) => {
        settle()
        resolve(code ?? ended ?? 1)
      })
      signal.addEventListener('abort', stop, { once: true })
      if (signal.aborted) stop()
    })
  }
}

async function waitFor(ms: number, signal: AbortSignal): Promise<void> {
  await pause(ms, undefined, { signal }).catch(() => undefined)
}
