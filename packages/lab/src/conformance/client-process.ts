/** A client under test: a command that is given an address and a channel, and prints what it holds. */
import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { HeldRecords } from './held-records.ts'

const endMs = 2000
const keptChars = 2000

export class ClientProcess {
  readonly held = new HeldRecords()
  #said = ''
  #exit: string | null = null
  #isStopping = false
  readonly #child: ChildProcess

  /** @param command a command line for the shell, to which the arguments are added */
  constructor(command: string, args: readonly string[], env: Readonly<Record<string, string>>) {
    this.#child = spawn('sh', ['-c', `exec ${command} "$@"`, 'sh', ...args], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
      detached: true,
    })
    process.once('exit', this.#kill)
    this.#child.stdin?.on('error', () => {})
    if (this.#child.stdout !== null)
      createInterface({ input: this.#child.stdout }).on('line', (line) => this.held.take(line))
    this.#child.stderr?.on('data', (chunk) => {
      this.#said = `${this.#said}${String(chunk)}`.slice(-keptChars)
    })
    this.#child.once('exit', (code, signal) => {
      this.#exit = `it ended with ${signal ?? code}`
    })
    this.#child.once('error', (error) => {
      this.#exit = error.message
    })
  }

  /** Why it is over; `null`: it runs. */
  get over(): string | null {
    if (this.#exit === null || this.#isStopping) return null
    const last = this.#said.trim().split('\n').at(-1)
    return `${this.#exit}${last === undefined || last === '' ? '' : ` after "${last}"`}`
  }

  readonly #kill = (): void => {
    if (this.#exit !== null || this.#child.pid === undefined) return
    try {
      process.kill(-this.#child.pid, 'SIGKILL')
    } catch {
      // It has ended meanwhile.
    }
  }

  /** Closes its input, and kills it with all that it started where it does not end then. */
  async stop(): Promise<void> {
    this.#isStopping = true
    const ended = new Promise<void>((resolve) => {
      if (this.#exit !== null) resolve()
      else this.#child.once('exit', () => resolve())
    })
    this.#child.stdin?.end()
    const late = setTimeout(this.#kill, endMs)
    await ended
    clearTimeout(late)
    process.off('exit', this.#kill)
  }
}
