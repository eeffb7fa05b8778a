/**
 * The outbox in PostgreSQL. The node that holds an advisory lock relays, on a connection of its own: the lock ends with
 * the connection, so another node goes on where this one dies. It is woken by NOTIFY.
 */
import pg from 'pg'
import type { Outbox, OutboxEntry, OutboxRefusal } from '../../../ports/outbox/outbox.ts'
import { StoreUnavailable } from '../../../ports/store.ts'
import { storeError } from '../../../postgres/failure.ts'
import { Hosts } from '../../../postgres/hosts.ts'

export interface PostgresOutboxOptions {
  /** The store's URL: its schema must be there. */
  readonly url: string
  /** How long to wait for a connection, in milliseconds. */
  readonly connectMs?: number
  /** How long to wait for an answer, in milliseconds. */
  readonly answerMs?: number
}

/** "Dovetai" and an "o", in ASCII: the lock of the node that relays. */
const lock = '4931290295110297967'

/** `outbox.id` is the number: a bare `id` would order by the text that is selected under that name. */
const findWaiting = `SELECT id::text AS id, channel, collection, op, record AS "recordId", data::text AS data, author, key
  FROM dovetail.outbox WHERE refused IS NULL ORDER BY outbox.id LIMIT $1`

const keepRefused = `UPDATE dovetail.outbox SET refused = given.code, reason = given.detail
  FROM unnest($1::bigint[], $2::text[], $3::text[]) AS given (id, code, detail) WHERE outbox.id = given.id`

export class PostgresOutbox implements Outbox {
  readonly #hosts: Hosts
  readonly #connectMs: number
  readonly #answerMs: number
  #client: pg.Client | null = null
  #holdsLock = false
  #isClosed = false
  #listener: () => void = () => undefined

  constructor({ url, connectMs = 5000, answerMs = 15_000 }: PostgresOutboxOptions) {
    this.#hosts = new Hosts(url)
    this.#connectMs = connectMs
    this.#answerMs = answerMs
  }

  onWaiting(listener: () => void): void {
    this.#listener = listener
  }

  waiting(limit: number): Promise<readonly OutboxEntry[]> {
    return this.#ask(async (client) => {
      if (!(await this.#isRelaying(client))) return []
      return (await client.query<OutboxEntry>(findWaiting, [limit])).rows
    })
  }

  settle(written: readonly string[], refused: readonly OutboxRefusal[]): Promise<void> {
    return this.#ask(async (client) => {
      if (written.length > 0) await client.query('DELETE FROM dovetail.outbox WHERE id = ANY($1)', [written])
      if (refused.length === 0) return
      const column = (of: (each: OutboxRefusal) => string): string[] => refused.map(of)
      const values = [column(({ id }) => id), column(({ code }) => code), column(({ detail }) => detail)]
      await client.query(keepRefused, values)
    })
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#client?.end().catch(() => undefined)
    this.#client = null
  }

  async #isRelaying(client: pg.Client): Promise<boolean> {
    if (this.#holdsLock) return true
    const { rows } = await client.query<{ held: boolean }>(`SELECT pg_try_advisory_lock(${lock}) AS held`)
    if (rows[0]?.held !== true) return false
    await client.query('LISTEN dovetail_outbox')
    this.#holdsLock = true
    return true
  }

  async #ask<Result>(ask: (client: pg.Client) => Promise<Result>): Promise<Result> {
    const host = this.#hosts.current
    try {
      return await ask(await this.#connected(host))
    } catch (error) {
      // The connection may have lost its lock, or not answer, or lead to a standby: the next call makes another.
      this.#leave(this.#client)
      this.#hosts.leave(host)
      throw storeError(error)
    }
  }

  async #connected(host: string): Promise<pg.Client> {
    if (this.#isClosed) throw new StoreUnavailable('the store is closed')
    if (this.#client !== null) return this.#client
    const client = new pg.Client({
      connectionString: host,
      application_name: 'dovetail outbox',
      connectionTimeoutMillis: this.#connectMs,
      query_timeout: this.#answerMs,
      keepAlive: true,
    })
    client.on('error', () => this.#leave(client))
    client.on('end', () => this.#leave(client))
    client.on('notification', () => this.#listener())
    await client.connect()
    this.#client = client
    return client
  }

  #leave(client: pg.Client | null): void {
    if (client === null || this.#client !== client) return
    this.#client = null
    this.#holdsLock = false
    client.end().catch(() => undefined)
  }
}
