/** What one case happens in: a server with fresh data, a client, and a writer. */
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { LiveRecord, Page } from 'dovetail-protocol'
import { NodeProcess } from '../cluster/node-process.ts'
import { serviceToken, signedToken } from '../processes/service-token.ts'
import { freePort } from '../services/free-port.ts'
import { ClientProcess } from './client-process.ts'

export interface WorldOptions {
  /** The command line of the client. */
  readonly client: string
  /** A program and its first arguments that run `dovetail`. */
  readonly dovetail: readonly string[]
  /** How long a client may take to hold what the server has, in milliseconds. */
  readonly patienceMs: number
}

const channel = 'chat:conformance'
const messages = `/v1/channels/${channel}/messages`
const pollMs = 50

export class World {
  readonly #options: WorldOptions
  readonly #folder: string
  readonly #secret: string
  readonly #port: number
  readonly #store: 'file' | 'memory'
  #server: NodeProcess
  #client: ClientProcess | null = null

  /** @param store `memory`: a restart loses everything, so that the channel has another epoch */
  static async make(options: WorldOptions, store: 'file' | 'memory'): Promise<World> {
    const folder = await mkdtemp(join(tmpdir(), 'dovetail-conformance-'))
    const secret = randomBytes(32).toString('base64url')
    const port = await freePort()
    const server = await serve(options, { folder, secret, port, store })
    return new World(options, { folder, secret, port, store }, server)
  }

  private constructor(options: WorldOptions, setup: Setup, server: NodeProcess) {
    this.#options = options
    this.#folder = setup.folder
    this.#secret = setup.secret
    this.#port = setup.port
    this.#store = setup.store
    this.#server = server
  }

  startClient(): void {
    const claims = { sub: `g-${randomBytes(6).toString('hex')}`, role: 'guest' }
    const token = signedToken(this.#secret, claims, 3600)
    this.#client = new ClientProcess(this.#options.client, `http://127.0.0.1:${this.#port}`, channel, token)
  }

  get client(): ClientProcess {
    if (this.#client === null) throw new Error('the client was not started')
    return this.#client
  }

  /** Kills the server, and starts it again. */
  async restart(): Promise<void> {
    await this.#server.stop('SIGKILL')
    const setup = { folder: this.#folder, secret: this.#secret, port: this.#port, store: this.#store }
    this.#server = await serve(this.#options, setup)
  }

  async write(text: string): Promise<LiveRecord> {
    return (await this.#ask('POST', messages, { text })) as LiveRecord
  }

  async #ask(method: string, path: string, body?: object): Promise<unknown> {
    const response = await fetch(`http://127.0.0.1:${this.#port}${path}`, {
      method,
      headers: { authorization: `Bearer ${serviceToken(this.#secret)}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (!response.ok) throw new Error(`${method} ${path} was answered with ${response.status}`)
    return await response.json()
  }

  /** Resolves when the client holds a record with this text. @throws Error where it does not in time */
  async shows(text: string): Promise<void> {
    await this.#until(() => (this.client.held.has(text) ? null : `it did not print "${text}"`))
  }

  /** Resolves when the client holds what a fresh read gives. @throws Error where it does not in time */
  async agrees(): Promise<void> {
    const { records } = (await this.#ask('GET', `${messages}?limit=500`)) as Page
    await this.#until(() => this.client.held.differenceFrom(records))
  }

  async #until(lacks: () => string | null): Promise<void> {
    const endAt = performance.now() + this.#options.patienceMs
    for (;;) {
      const [complaint] = this.client.held.complaints
      if (complaint !== undefined) throw new Error(complaint)
      if (this.client.over !== null) throw new Error(this.client.over)
      const lack = lacks()
      if (lack === null) return
      if (performance.now() > endAt) throw new Error(`${lack} within ${this.#options.patienceMs / 1000} s`)
      await pause(pollMs)
    }
  }

  async end(): Promise<void> {
    await this.#client?.stop()
    await this.#server.stop('SIGKILL')
    await rm(this.#folder, { recursive: true, force: true })
  }
}

interface Setup {
  readonly folder: string
  readonly secret: string
  readonly port: number
  readonly store: 'file' | 'memory'
}

function serve({ dovetail }: WorldOptions, { folder, secret, port, store }: Setup): Promise<NodeProcess> {
  const kept = store === 'file' ? ['--data', folder] : ['--store', 'memory:']
  const args = ['--port', String(port), ...kept, '--drain', '2', '--log', 'error', '--limit', 'guests=1000']
  return NodeProcess.start({ dovetail, args, env: { DOVETAIL_SECRET: secret } })
}
