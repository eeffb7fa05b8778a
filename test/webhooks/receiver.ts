import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { WebhookEvent, WebhookRecordEvent } from 'dovetail-protocol'
import { onTestFinished } from 'vitest'

export const secret = `whsec_${randomBytes(32).toString('base64')}`

export interface Accepted {
  readonly id: string
  readonly event: WebhookEvent
}

export interface ReceiverOptions {
  readonly seed?: number
  /** The percentage of requests that fail. */
  readonly failing?: number
}

const program = fileURLToPath(new URL('./receiver-program.ts', import.meta.url))

/** A receiver that may go away and come back. What it accepted is kept here. */
export class Receiver {
  readonly accepted: Accepted[] = []
  /** Requests whose signature was wrong. */
  forged = 0
  port = 0
  readonly #options: ReceiverOptions
  #child: ChildProcess | null = null
  #ended: Promise<unknown> = Promise.resolve()

  constructor(options: ReceiverOptions = {}) {
    this.#options = options
    onTestFinished(() => this.goAway())
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/hook?key=1`
  }

  async start(): Promise<void> {
    const { seed = 1, failing = 0 } = this.#options
    const settings = {
      RECEIVER_PORT: this.port,
      RECEIVER_SEED: seed,
      RECEIVER_FAILING: failing,
      RECEIVER_SECRET: secret,
    }
    const env = {
      ...process.env,
      ...Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, String(value)])),
    }
    const command = ['--import', 'tsx', '--conditions=dovetail-source', program]
    const child = spawn(process.execPath, command, { env, stdio: ['ignore', 'pipe', 'inherit'] })
    this.#child = child
    this.#ended = new Promise((resolve) => child.once('close', resolve))
    await new Promise<void>((resolve) => {
      createInterface({ input: child.stdout }).on('line', (line) => {
        if (line.startsWith('port ')) {
          this.port = Number(line.slice(5))
          resolve()
        } else if (line === 'forged') this.forged++
        else this.accepted.push(JSON.parse(line) as Accepted)
      })
    })
  }

  /** As `kill -9` does. */
  async goAway(): Promise<void> {
    this.#child?.kill('SIGKILL')
    await this.#ended
  }

  /** The revisions of a channel, each once, in the order in which the receiver first accepted them. */
  revisions(channel: string): number[] {
    const all = this.accepted.flatMap(({ event }) =>
      isRecord(event) && event.data.channel === channel ? [event.data.rev] : [],
    )
    return [...new Set(all)]
  }
}

export function isRecord(event: WebhookEvent): event is WebhookRecordEvent {
  return event.type.startsWith('record.')
}
