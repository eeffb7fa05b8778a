/** A server under measurement: a process of its own on a core of its own, that can be asked what it used. */
import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { AgentCommand, LoopDelay, Usage } from './process-agent.ts'

/** What every server under measurement can be asked. */
export interface MeasuredServer {
  readonly port: number
  usage(): Promise<Usage>
  /** Collects what is garbage, where that can be asked for. */
  collect(): Promise<void>
  /** Watches the delay of the main thread's event loop, until `delay` is asked. */
  startDelayWatch(): Promise<void>
  stopDelayWatch(): Promise<LoopDelay>
  stop(): Promise<void>
}

export interface ServerProcessOptions {
  /** A file and its arguments, as after `node`. */
  readonly command: readonly string[]
  readonly nodeArgs?: readonly string[]
  /** The Node that runs it. Default: this one. */
  readonly runtime?: string | null
  readonly env?: Readonly<Record<string, string>>
  /** The core to keep to; `null`: any. */
  readonly core: number | null
}

/** `.ts` where the source runs, `.js` where it is built: what is started is of the same kind. */
const extension = import.meta.url.slice(import.meta.url.lastIndexOf('.'))

/** The path of a script that lies beside the module with this `import.meta.url`. */
export function siblingScript(moduleUrl: string, name: string): string {
  return fileURLToPath(new URL(`./${name}${extension}`, moduleUrl))
}

const startMs = 30_000

export class ServerProcess implements MeasuredServer {
  readonly port: number
  readonly #child: ChildProcess

  private constructor(child: ChildProcess, port: number) {
    this.#child = child
    this.port = port
  }

  static async start({
    command,
    nodeArgs = [],
    runtime = null,
    env = {},
    core,
  }: ServerProcessOptions): Promise<ServerProcess> {
    const source = extension === '.ts' ? ['--import', 'tsx', '--conditions=dovetail-source'] : []
    const node = [
      runtime ?? process.execPath,
      '--expose-gc',
      ...nodeArgs,
      ...source,
      siblingScript(import.meta.url, 'process-agent'),
      ...command,
    ]
    const [file = '', ...args] = core === null ? node : ['taskset', (1 << core).toString(16), ...node]
    const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'inherit', 'ipc'], env: { ...process.env, ...env } })
    const stop = (): void => void child.kill('SIGKILL')
    process.once('exit', stop)
    child.once('exit', () => process.off('exit', stop))
    return new ServerProcess(child, await readyPort(child))
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  usage(): Promise<Usage> {
    return this.#ask('usage')
  }

  /** Collects what is garbage. */
  collect(): Promise<void> {
    return this.#ask('collect')
  }

  /** Watches the delay of the main thread's event loop, until `delay` is asked. */
  startDelayWatch(): Promise<void> {
    return this.#ask('watch')
  }

  stopDelayWatch(): Promise<LoopDelay> {
    return this.#ask('delay')
  }

  #ask<AgentReply>(question: AgentCommand): Promise<AgentReply> {
    return new Promise((resolve, reject) => {
      const gone = (): void => reject(new Error('the server ended under measurement'))
      const onMessage = (message: { question: AgentCommand; answer: AgentReply }): void => {
        if (message.question !== question) return
        this.#child.off('message', onMessage)
        this.#child.off('exit', gone)
        resolve(message.answer)
      }
      this.#child.on('message', onMessage)
      this.#child.once('exit', gone)
      this.#child.send(question)
    })
  }

  stop(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#child.exitCode !== null || this.#child.signalCode !== null) return resolve()
      this.#child.once('exit', () => resolve())
      this.#child.kill('SIGTERM')
    })
  }
}

function readyPort(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let printed = ''
    const late = setTimeout(() => reject(new Error(`the server was not ready in ${startMs} ms: ${printed}`)), startMs)
    child.stdout?.on('data', (chunk) => {
      printed += String(chunk)
      const port = /ready at http:\/\/\S+:(\d+)/.exec(printed)?.[1]
      if (port === undefined) return
      clearTimeout(late)
      resolve(Number(port))
    })
    child.once('exit', (code) => {
      clearTimeout(late)
      reject(new Error(`the server ended with ${code} before it was ready`))
    })
  })
}
