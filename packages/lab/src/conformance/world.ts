/** What one case happens in: a channel of a server, a faulty line to it, a client behind the line, and a writer beside it. */
import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { ChannelDescription, LiveRecord, Page } from 'dovetail-protocol'
import { serviceToken, signedToken } from '../processes/service-token.ts'
import { ClientProcess } from './client-process.ts'
import { FaultyLine } from './line/faulty-line.ts'
import type { Fate, ResetFrame } from './line/treatments.ts'
import type { CaseServer } from './servers.ts'

export interface WorldOptions {
  /** The command line of the client. */
  readonly client: string
  /** How long a client may take to hold what the server has, in milliseconds. */
  readonly patienceMs: number
}

const pollMs = 50
const clientTokenSeconds = 3600

export class World {
  readonly #options: WorldOptions
  readonly #title: string
  readonly #server: CaseServer
  readonly line: FaultyLine
  readonly #user = `g-${randomBytes(6).toString('hex')}`
  readonly #channel = `chat:conformance-${randomBytes(6).toString('hex')}`
  readonly #messages = `/v1/channels/${this.#channel}/messages`
  #client: ClientProcess | null = null

  static async make(options: WorldOptions, title: string, server: CaseServer): Promise<World> {
    return new World(options, title, server, await FaultyLine.open(() => server.port))
  }

  private constructor(options: WorldOptions, title: string, server: CaseServer, line: FaultyLine) {
    this.#options = options
    this.#title = title
    this.#server = server
    this.line = line
  }

  /** @param tokenSeconds how long its first token is good for */
  startClient(tokenSeconds = clientTokenSeconds): void {
    const token = signedToken(this.#server.secret, { sub: this.#user, role: 'guest' }, tokenSeconds)
    const url = `http://127.0.0.1:${this.line.port}`
    const env = { DOVETAIL_TOKEN: token, DOVETAIL_CASE: this.#title }
    this.#client = new ClientProcess(this.#options.client, [url, this.#channel], env)
  }

  get client(): ClientProcess {
    if (this.#client === null) throw new Error('the client was not started')
    return this.#client
  }

  /** Ends the server and starts it again; a drain lasts some seconds. */
  restart(how: 'kill' | 'drain'): Promise<void> {
    return this.#server.restart(how === 'kill' ? 'SIGKILL' : 'SIGTERM')
  }

  /** Makes the channel one that only its members read, of whom the client's user is one. */
  async makePrivate(): Promise<void> {
    await this.#ask('PUT', `/v1/channels/${this.#channel}`, { visibility: 'private' })
    const member = { user: this.#user, role: 'member' }
    await this.#ask('PUT', `/v1/channels/${this.#channel}/members/${this.#user}`, member)
  }

  async write(text: string): Promise<LiveRecord> {
    return (await this.#ask('POST', this.#messages, { text })) as LiveRecord
  }

  async writeMany(name: string, count: number, pauseMs = 0): Promise<void> {
    for (let n = 1; n <= count; n++) {
      await this.write(`${name} ${n}`)
      if (pauseMs > 0) await pause(pauseMs)
    }
  }

  /** Changes a record, or brings a deleted one back. */
  async put(id: string, text: string): Promise<void> {
    await this.#ask('PUT', `${this.#messages}/${id}`, { text })
  }

  async remove(id: string): Promise<void> {
    await this.#ask('DELETE', `${this.#messages}/${id}`)
  }

  /** What the server says to who follows the channel when its log has become another one. */
  async resetFrame(): Promise<ResetFrame> {
    const { epoch, cursor } = (await this.#ask('GET', `/v1/channels/${this.#channel}`)) as ChannelDescription
    if (epoch === null) throw new Error('nobody has written to the channel')
    return { op: 'reset', channel: this.#channel, reason: 'epoch', epoch, cursor }
  }

  async #ask(method: string, path: string, body?: object): Promise<unknown> {
    const response = await fetch(`http://127.0.0.1:${this.#server.port}${path}`, {
      method,
      headers: { authorization: `Bearer ${serviceToken(this.#server.secret)}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (!response.ok) throw new Error(`${method} ${path} was answered with ${response.status}`)
    return response.status === 204 ? null : await response.json()
  }

  /**
   * The first message over the line that holds this text has this fate; all others pass.
   * @returns a wait until it has come, which throws where it does not in time: no case passes without its fault
   */
  treatOnce(text: string, fate: Fate): () => Promise<void> {
    let isDone = false
    const onMessage = (json: string): Fate => {
      if (isDone || !json.includes(text)) return 'pass'
      isDone = true
      return fate
    }
    this.line.treat({ onMessage })
    return () => this.until(() => (isDone ? null : `it did not read on to "${text}"`))
  }

  /** Resolves when the client holds a record with this text. @throws Error where it does not in time */
  async shows(text: string): Promise<void> {
    await this.until(() => (this.client.held.has(text) ? null : `it did not print "${text}"`))
  }

  /** Resolves when the client that shows a page has gone on to follow it. @throws Error where it does not in time */
  async follows(): Promise<void> {
    await this.write('followed')
    await this.shows('followed')
  }

  /** Resolves when the client holds what a fresh read gives. @throws Error where it does not in time */
  async agrees(): Promise<void> {
    // What would still come, such as a repeat, has come when this has.
    await this.write('the end')
    const { records } = (await this.#ask('GET', `${this.#messages}?limit=500`)) as Page
    await this.until(() => this.client.held.differenceFrom(records))
  }

  /** @param lack what is still missing; `null`: nothing. @throws Error with it where it does not come in time */
  async until(lack: () => string | null): Promise<void> {
    const endAt = performance.now() + this.#options.patienceMs
    for (;;) {
      const [complaint] = this.client.held.complaints
      if (complaint !== undefined) throw new Error(complaint)
      if (this.client.over !== null) throw new Error(this.client.over)
      const lacks = lack()
      if (lacks === null) return
      if (performance.now() > endAt) throw new Error(`${lacks} within ${this.#options.patienceMs / 1000} s`)
      await pause(pollMs)
    }
  }

  async end(): Promise<void> {
    await this.#client?.stop()
    await this.line.stop()
  }
}
