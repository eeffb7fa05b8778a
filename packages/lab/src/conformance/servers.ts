/** The servers that cases run against: one that they share, each by a channel of its own, and their own where it ends. */
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { NodeProcess } from '../cluster/node-process.ts'
import { freePort } from '../services/free-port.ts'

/** `shared`: with the other cases. `own`: it may be restarted. `own in memory`: a restart loses everything, so that channels have another epoch. */
export type ServerKind = 'shared' | 'own' | 'own in memory'

export class CaseServer {
  readonly secret = randomBytes(32).toString('base64url')
  readonly #dovetail: readonly string[]
  readonly #store: readonly string[]
  readonly #folder: string
  readonly port: number
  #node: NodeProcess | null = null

  private constructor(dovetail: readonly string[], kind: ServerKind, folder: string, port: number) {
    this.#dovetail = dovetail
    this.#store = kind === 'own in memory' ? ['--store', 'memory:'] : ['--data', folder]
    this.#folder = folder
    this.port = port
  }

  /** @param dovetail a program and its first arguments that run `dovetail` */
  static async start(dovetail: readonly string[], kind: ServerKind): Promise<CaseServer> {
    const folder = await mkdtemp(join(tmpdir(), 'dovetail-conformance-'))
    const server = new CaseServer(dovetail, kind, folder, await freePort())
    await server.#serve()
    return server
  }

  async #serve(): Promise<void> {
    // Tokens that soon expire are over when they say so; a drain is short, and long enough for a goaway.
    const limits = ['--limit', 'guests=1000', '--limit', 'leewaySeconds=1']
    const args = ['--port', String(this.port), ...this.#store, '--drain', '2', '--log', 'error', ...limits]
    this.#node = await NodeProcess.start({ dovetail: this.#dovetail, args, env: { DOVETAIL_SECRET: this.secret } })
  }

  /** Ends the server by this signal, and starts it again where it was. */
  async restart(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    await this.#node?.stop(signal)
    await this.#serve()
  }

  async stop(): Promise<void> {
    await this.#node?.stop('SIGKILL')
    await rm(this.#folder, { recursive: true, force: true })
  }
}
