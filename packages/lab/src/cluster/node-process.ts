/** One `dovetail serve` of a cluster, in a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process'

export interface NodeOptions {
  /** A program and its first arguments that run `dovetail`. */
  readonly dovetail: readonly string[]
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Called with each line that the node writes to stderr. */
  readonly log?: (line: string) => void
}

const startMs = 60_000
const keptChars = 4000

export class NodeProcess {
  readonly port: number
  readonly #child: ChildProcess
  readonly #ended: Promise<void>

  private constructor(child: ChildProcess, ended: Promise<void>, port: number) {
    this.#child = child
    this.#ended = ended
    this.port = port
  }

  /** Resolves when the node serves. Where it does not, rejects with what the node printed. */
  static async start({ dovetail, args, env, log }: NodeOptions): Promise<NodeProcess> {
    const [program = '', ...first] = dovetail
    const child = spawn(program, [...first, 'serve', ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
      // Ctrl-C in a terminal goes to the whole group: who started it decides when it ends.
      detached: true,
    })
    const abandon = (): void => void child.kill('SIGKILL')
    process.once('exit', abandon)
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
    void ended.then(() => process.off('exit', abandon))
    const port = await readyPort(child, log)
    return new NodeProcess(child, ended, port)
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }

  signal(signal: NodeJS.Signals): void {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill(signal)
  }

  /** Ends the node; SIGTERM drains it first. Resolves when the process has ended. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    this.signal(signal)
    await this.#ended
  }
}

function readyPort(child: ChildProcess, log: (line: string) => void = () => {}): Promise<number> {
  return new Promise((resolve, reject) => {
    let printed = ''
    let said = ''
    const late = setTimeout(() => {
      child.kill('SIGKILL')
      reject(new Error(`a node was not ready within ${startMs} ms: ${said}`))
    }, startMs)
    child.stderr?.on('data', (chunk) => {
      said = `${said}${String(chunk)}`.slice(-keptChars)
      for (const line of String(chunk).trimEnd().split('\n')) log(line)
    })
    child.stdout?.on('data', (chunk) => {
      printed += String(chunk)
      const port = /ready at http:\/\/\S+:(\d+)/.exec(printed)?.[1]
      if (port === undefined) return
      clearTimeout(late)
      resolve(Number(port))
    })
    child.once('error', reject)
    child.once('exit', (code) => {
      clearTimeout(late)
      reject(new Error(`a node ended with ${code} before it was ready: ${said}`))
    })
  })
}
