/** A measured server of another product: its use is read from the kernel's statistics. */
import { type ChildProcess, spawn } from 'node:child_process'
import { connect } from 'node:net'
import { freePort } from '../services/free-port.ts'
import type { LoopDelay, Usage } from './process-agent.ts'
import { processUsage } from './process-usage.ts'
import type { MeasuredServer } from './server-process.ts'

export interface ForeignProcessOptions {
  readonly command: (port: number) => readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** The core to keep to; `null`: any. */
  readonly core: number | null
}

const startMs = 30_000

export class ForeignProcess implements MeasuredServer {
  readonly port: number
  readonly #child: ChildProcess

  private constructor(child: ChildProcess, port: number) {
    this.#child = child
    this.port = port
  }

  static async start({ command, env = {}, core }: ForeignProcessOptions): Promise<ForeignProcess> {
    const port = await freePort()
    const line = command(port)
    const [file = '', ...args] = core === null ? line : ['taskset', (1 << core).toString(16), ...line]
    const child = spawn(file, args, { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, ...env } })
    const stop = (): void => void child.kill('SIGKILL')
    process.once('exit', stop)
    child.once('exit', () => process.off('exit', stop))
    await commands(child, port)
    return new ForeignProcess(child, port)
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  async usage(): Promise<Usage> {
    return processUsage(this.pid)
  }

  /** It collects its garbage when it likes. */
  async collect(): Promise<void> {}

  async startDelayWatch(): Promise<void> {}

  stopDelayWatch(): Promise<LoopDelay> {
    return Promise.reject(new Error('a foreign server has no event loop of ours'))
  }

  stop(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#child.exitCode !== null || this.#child.signalCode !== null) return resolve()
      this.#child.once('exit', () => resolve())
      this.#child.kill('SIGTERM')
    })
  }
}

function commands(child: ChildProcess, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`nothing listens on ${port} after ${startMs} ms`)), startMs)
    child.once('exit', (code) => {
      clearTimeout(late)
      reject(new Error(`the server ended with ${code} before it listened`))
    })
    const attempt = (): void => {
      const socket = connect({ port, host: '127.0.0.1' })
      socket.once('connect', () => {
        clearTimeout(late)
        socket.destroy()
        resolve()
      })
      socket.once('error', () => {
        if (child.exitCode === null) setTimeout(attempt, 100)
      })
    }
    attempt()
  })
}
