/** A program that runs beside the servers, started and stopped by us: never a service of the machine. */
import { type ChildProcess, spawn } from 'node:child_process'
import { createConnection } from 'node:net'

export interface ServiceCommand {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  /** Listened on once it is up. */
  readonly port: number
  /** What is sent once connected, and what the answer must then begin with; absent: a connection is enough. */
  readonly hello?: { readonly send: string; readonly answer: string }
}

/** How long a service may take to come up: machines are slow and busy. */
const startMs = 60_000
const retryMs = 50
const outputChars = 4000

export class ServiceProcess {
  readonly #child: ChildProcess
  readonly #ended: Promise<void>
  #output = ''

  /** Resolves when it answers. Throws what it printed where it does not. */
  static async start(command: ServiceCommand): Promise<ServiceProcess> {
    const started = new ServiceProcess(command)
    try {
      await started.#answers(command)
    } catch (error) {
      await started.stop('SIGKILL')
      throw error
    }
    return started
  }

  private constructor({ command, args, env, cwd }: ServiceCommand) {
    this.#child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      // Ctrl-C in a terminal goes to the whole group: who started it decides when it ends.
      detached: true,
      env: { ...process.env, ...env },
      ...(cwd === undefined ? {} : { cwd }),
    })
    const keep = (chunk: Buffer) => {
      this.#output = `${this.#output}${String(chunk)}`.slice(-outputChars)
    }
    this.#child.stdout?.on('data', keep)
    this.#child.stderr?.on('data', keep)
    // Whoever started it may end without a stop.
    const endToo = () => this.signal('SIGKILL')
    process.once('exit', endToo)
    this.#ended = new Promise((resolve) => {
      this.#child.once('error', (error) => {
        this.#output += String(error)
        resolve()
      })
      this.#child.once('exit', () => resolve())
    })
    void this.#ended.then(() => process.off('exit', endToo))
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  get #isRunning(): boolean {
    return this.#child.pid !== undefined && this.#child.exitCode === null && this.#child.signalCode === null
  }

  async #answers({ name, port, hello }: ServiceCommand): Promise<void> {
    const until = performance.now() + startMs
    for (;;) {
      if (await answersNow(port, hello)) return
      if (!this.#isRunning) throw new Error(`${name} ended before it was up: ${this.#output}`)
      if (performance.now() > until) throw new Error(`${name} was not up within ${startMs} ms: ${this.#output}`)
      await new Promise((resolve) => setTimeout(resolve, retryMs))
    }
  }

  /** Sends a signal by its pid: `SIGSTOP`, `SIGCONT`, … */
  signal(signal: NodeJS.Signals): void {
    if (this.#isRunning) this.#child.kill(signal)
  }

  /** Resolves when it is gone. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    this.signal(signal)
    // A process stopped by SIGSTOP reacts to no other signal.
    this.signal('SIGCONT')
    await this.#ended
  }
}

function answersNow(port: number, hello: ServiceCommand['hello']): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ port, host: '127.0.0.1' })
    const done = (answers: boolean) => {
      socket.destroy()
      resolve(answers)
    }
    socket.setTimeout(5000, () => done(false))
    socket.once('error', () => done(false))
    socket.once('close', () => done(false))
    socket.once('connect', () => (hello === undefined ? done(true) : socket.write(hello.send)))
    socket.once('data', (data) => done(String(data).startsWith(hello?.answer ?? '')))
  })
}
