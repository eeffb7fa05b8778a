/**
 * One connection to PostgreSQL that is replaced when it is cut, or when it no longer answers: a half-open connection
 * looks open for ever. Nothing is queued while there is no connection. Nothing that goes over it has to survive a crash
 * of the database, so its commits do not wait for the disk.
 */
import pg from 'pg'
import { type Clock, pause, type Stop } from '../ports/clock.ts'
import { StoreUnavailable } from '../ports/store.ts'
import { isContention, reasonOf, storeError } from './failure.ts'
import { Hosts, hostOf } from './hosts.ts'

export interface PostgresLineOptions {
  readonly url: string
  readonly clock: Clock
  /** How the connection is shown in `pg_stat_activity`. */
  readonly name: string
  /** The notification channels of PostgreSQL that it listens to. */
  readonly listenTo: readonly string[]
  readonly onNotification: (channel: string, payload: string) => void
  readonly onUp: () => void
  readonly onDown: () => void
  readonly report: (error: unknown) => void
}

/**
 * The delay before a new connection is tried: `first`, doubled up to `last`. After a crash of the database the nodes have
 * 2 s to report their users again, so they come back soon after each other.
 */
const retryMs = { first: 50, last: 500 }
/** A connection attempt or a statement that takes longer than this has failed. */
const answerMs = 4000
/** The interval of pings. */
const pingMs = 3000

/** Plans use the indexes, as the store's do, and are not compiled. The last column says whether the server takes no writes. */
const settings = `SELECT set_config('statement_timeout', $1, false), set_config('synchronous_commit', 'off', false),
  set_config('enable_seqscan', 'off', false), set_config('jit', 'off', false), pg_is_in_recovery()`

export type LineRow = readonly unknown[]

export class PostgresLine {
  readonly #options: PostgresLineOptions
  readonly #hosts: Hosts
  #client: pg.Client | null = null
  #isClosed = false
  #break: (error: unknown) => void = () => {}

  /** Rejects where the first connection can't be made. */
  static async open(options: PostgresLineOptions): Promise<PostgresLine> {
    const line = new PostgresLine(options)
    const client = await line.#connect()
    void line.#keepUp(client)
    return line
  }

  private constructor(options: PostgresLineOptions) {
    this.#options = options
    this.#hosts = new Hosts(options.url)
  }

  get isUp(): boolean {
    return this.#client !== null
  }

  /** Runs one statement that commits by itself. @throws StoreUnavailable where there is no answer; another connection is made then. */
  async query(text: string, values: readonly unknown[] = []): Promise<readonly LineRow[]> {
    const client = this.#client
    if (client === null) throw new StoreUnavailable('there is no connection to the database')
    try {
      return (await client.query<unknown[]>({ text, values: [...values], rowMode: 'array' })).rows
    } catch (error) {
      if (isContention(error)) throw new StoreUnavailable(reasonOf(error), { cause: error })
      const known = storeError(error)
      if (known instanceof StoreUnavailable && this.#client === client) this.#break(error)
      throw known
    }
  }

  async #keepUp(first: pg.Client): Promise<void> {
    for (let client: pg.Client | null = first; client !== null; client = await this.#connectAgain()) {
      this.#client = client
      this.#options.onUp()
      const error = await this.#untilBroken(client)
      this.#client = null
      // With a statement under way, this ends the socket without waiting for the other side.
      client.end().catch(() => undefined)
      this.#options.onDown()
      if (!this.#isClosed) this.#options.report(error)
    }
  }

  async #connectAgain(): Promise<pg.Client | null> {
    for (let ms = retryMs.first; !this.#isClosed; ms = Math.min(ms * 2, retryMs.last)) {
      await pause(this.#options.clock, ms / 2 + (Math.random() * ms) / 2)
      if (this.#isClosed) return null
      // The failure was reported when the connection was lost.
      const client = await this.#connect().catch(() => null)
      if (client !== null) return client
    }
    return null
  }

  /** Connects to the host that is used now, or else to the first of the others that takes writes. */
  async #connect(): Promise<pg.Client> {
    const refusals: string[] = []
    for (;;) {
      const host = this.#hosts.current
      try {
        return await this.#connectTo(host)
      } catch (error) {
        if (this.#hosts.urls.length === 1) throw error
        refusals.push(`${hostOf(host)}: ${reasonOf(error)}`)
        this.#hosts.leave(host)
        if (refusals.length >= this.#hosts.urls.length)
          throw new StoreUnavailable(`no host takes writes: ${refusals.join('; ')}`, { cause: error })
      }
    }
  }

  async #connectTo(connectionString: string): Promise<pg.Client> {
    const { name, listenTo, onNotification } = this.#options
    const client = new pg.Client({
      connectionString,
      application_name: name,
      connectionTimeoutMillis: answerMs,
      query_timeout: answerMs,
      keepAlive: true,
    })
    let lost: unknown = null
    client.on('error', (error) => {
      lost ??= error
    })
    client.on('end', () => {
      lost ??= new Error('the connection was cut')
    })
    client.on('notification', ({ channel, payload }) => onNotification(channel, payload ?? ''))
    try {
      await client.connect()
      const { rows } = await client.query<unknown[]>({ text: settings, values: [String(answerMs)], rowMode: 'array' })
      if (rows[0]?.at(-1) === true) throw new StoreUnavailable('it is a standby: the database takes no writes')
      for (const channel of listenTo) await client.query(`LISTEN ${pg.escapeIdentifier(channel)}`)
      if (lost !== null) throw lost
      return client
    } catch (error) {
      client.end().catch(() => undefined)
      throw error
    }
  }

  #untilBroken(client: pg.Client): Promise<unknown> {
    return new Promise((resolve) => {
      let stopPings: Stop = () => {}
      this.#break = (error) => {
        stopPings()
        stopPings = () => {}
        this.#break = () => {}
        resolve(error)
      }
      const broken = (error: unknown): void => this.#break(error)
      client.once('end', () => broken(new Error('the connection was cut')))
      client.once('error', broken)
      const ping = (): void => {
        stopPings = this.#options.clock.after(pingMs, () => {
          client.query('SELECT 1').then(() => {
            if (this.#client === client) ping()
          }, broken)
        })
      }
      if (this.#isClosed) broken(new Error('closed'))
      else ping()
    })
  }

  close(): void {
    this.#isClosed = true
    this.#break(new Error('closed'))
  }
}
