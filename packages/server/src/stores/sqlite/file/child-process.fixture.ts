import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

/** A process that writes to a store; killed at the latest when the test has finished. */
export class WritingChild {
  readonly lines: string[] = []
  readonly #process: ChildProcess
  readonly #exit: Promise<unknown>
  #heard: () => void = () => undefined

  /** `before`: the command that runs the process, such as `['strace', …]`. */
  constructor(values: readonly string[], before: readonly string[] = []) {
    const file = fileURLToPath(new URL('./writing-child.fixture.ts', import.meta.url))
    const command = [...before, process.execPath, '--import', 'tsx', '--conditions=dovetail-source', file, ...values]
    this.#process = spawn(command[0] ?? '', command.slice(1), { stdio: ['pipe', 'pipe', 'inherit'] })
    this.#exit = once(this.#process, 'exit')
    if (this.#process.stdout === null) throw new Error('a child without stdout')
    createInterface(this.#process.stdout).on('line', (line) => {
      this.lines.push(line)
      this.#heard()
    })
    onTestFinished(() => this.kill())
  }

  /** Resolves with the lines so far once `seen` accepts them. */
  async until(seen: (lines: readonly string[]) => boolean): Promise<readonly string[]> {
    const heard = new Promise<void>((resolve) => {
      this.#heard = () => {
        if (seen(this.lines)) resolve()
      }
      this.#heard()
    })
    const gone = this.#exit.then(() => {
      throw new Error(`the child ended after: ${this.lines.slice(-3).join(', ')}`)
    })
    await Promise.race([heard, gone])
    return this.lines
  }

  /** Lets the process exit without closing its store. */
  async end(): Promise<void> {
    this.#process.stdin?.end()
    await this.#exit
  }

  async kill(): Promise<void> {
    this.#process.kill('SIGKILL')
    await this.#exit
  }
}

/** The revisions that a child reported as acknowledged. */
export function acknowledged(lines: readonly string[]): readonly number[] {
  return lines.filter((line) => line.startsWith('ack ')).map((line) => Number(line.slice(4)))
}
