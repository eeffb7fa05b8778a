import pg, { type Pool, type PoolClient } from 'pg'
import { type ConnectionPool, StoreUnavailable } from '../../../ports/store.ts'
import { reasonOf, storeError } from '../../../postgres/failure.ts'
import { type Hosts, hostOf } from '../../../postgres/hosts.ts'
import type { SqlRow } from '../rows/rows.ts'

/** One connection that runs unprepared statements one after the other. */
export interface RawLink {
  query(text: string, values?: readonly unknown[]): Promise<readonly SqlRow[]>
}

/** The check that a connection leads to the known history of the database. */
export interface HistoryCheck {
  /** The id of the history that was read last. */
  readonly id: string
  begin(link: RawLink): Promise<void>
  /** Returns the id of the history that the connection leads to. */
  check(link: RawLink): Promise<string>
}

export interface ConnectionOptions {
  readonly hosts: Hosts
  /** The limit of connections for reads. Writers have two of their own, so that many readers never delay a write. */
  readonly readers: number
  /** How long one statement may take, waiting for locks included, in milliseconds. */
  readonly statementMs: number
  /** How long to wait for a new or a returned connection, in milliseconds. */
  readonly connectMs: number
  /** How much longer than `statementMs` to wait for an answer before the connection is closed, in milliseconds. */
  readonly silenceMs: number
  /** Run by every new connection before it is lent. */
  readonly history: HistoryCheck
}

/** Prepared once per connection, under its name. */
export interface Statement {
  readonly name: string
  readonly text: string
}

type Value = string | number | boolean | null
export type Values = readonly (Value | readonly Value[])[]

/** A connection while it is lent. Statements are sent in the order of the calls, without waiting for answers. */
export interface Link {
  query(statement: Statement, values: Values): Promise<readonly SqlRow[]>
}

const writers = 2

/** The connections of one store. A broken connection is dropped, and the next call that needs one makes a new one. */
export class Connections {
  readonly #hosts: Hosts
  readonly #readers: Pool
  readonly #writers: Pool
  readonly #history: HistoryCheck
  /** The history that each connection led to when it was made. */
  readonly #found = new WeakMap<pg.ClientBase, string>()

  constructor(options: ConnectionOptions) {
    this.#history = options.history
    this.#hosts = options.hosts
    const onConnect = async (client: pg.ClientBase): Promise<void> => {
      await prepare(client, options)
      this.#found.set(client, await options.history.check(rawLinkOf(client)))
    }
    this.#readers = poolOf(options, options.readers, onConnect)
    this.#writers = poolOf(options, writers, onConnect)
  }

  get pools(): readonly ConnectionPool[] {
    return [poolFigures('readers', this.#readers), poolFigures('writers', this.#writers)]
  }

  /** Reads which history the database has; from then on every connection checks it. */
  beginHistory(): Promise<void> {
    return this.#lend(this.#writers, async (client) => {
      await translated(this.#history.begin(rawLinkOf(client)))
      this.#found.set(client, this.#history.id)
    })
  }

  /** Compares the database with the known history, then reads on the same connection. */
  afterCheck<Result>(read: (link: Link) => Promise<Result>): Promise<Result> {
    return this.#lend(this.#readers, async (client) => {
      this.#found.set(client, await translated(this.#history.check(rawLinkOf(client))))
      return await read(linkOf(client))
    })
  }

  /** Runs one statement that changes nothing. */
  read(statement: Statement, values: Values): Promise<readonly SqlRow[]> {
    return this.#lend(this.#readers, (client) => linkOf(client).query(statement, values))
  }

  /** Runs statements that read one snapshot. */
  snapshot<Result>(read: (link: Link) => Promise<Result>): Promise<Result> {
    return this.#lend(this.#readers, (client) =>
      within(client, 'BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY', () => read(linkOf(client))),
    )
  }

  /** Runs one statement that commits by itself. */
  write(statement: Statement, values: Values): Promise<readonly SqlRow[]> {
    return this.#lend(this.#writers, (client) => linkOf(client).query(statement, values))
  }

  /**
   * Runs changes that are committed together. `change` may call `commit` with its last statements, to
   * send it with them; otherwise it is called after `change`.
   */
  transaction<Result>(change: (link: Link, commit: () => Promise<void>) => Promise<Result>): Promise<Result> {
    return this.#lend(this.#writers, (client) => within(client, 'BEGIN', (commit) => change(linkOf(client), commit)))
  }

  /** Lends an unwrapped writer connection, for migrations. */
  bare<Result>(use: (client: PoolClient) => Promise<Result>): Promise<Result> {
    return this.#lend(this.#writers, use)
  }

  /** Asks something about the database or its user, unprepared. */
  ask(text: string): Promise<readonly SqlRow[]> {
    return this.#lend(this.#writers, (client) => rawLinkOf(client).query(text))
  }

  async close(): Promise<void> {
    await Promise.all([this.#readers.end(), this.#writers.end()])
  }

  /** Lends a connection. It is not reused where it failed for any reason but its statement. */
  async #lend<Result>(pool: Pool, use: (client: PoolClient) => Promise<Result>): Promise<Result> {
    const client = await this.#connect(pool)
    try {
      const result = await use(client)
      client.release()
      return result
    } catch (error) {
      client.release(error instanceof StoreUnavailable)
      throw error
    }
  }

  /** Connects to the host that is used now, or else to the first of the others that takes writes. */
  async #connectToAny(pool: Pool): Promise<PoolClient> {
    const { urls } = this.#hosts
    const refusals: string[] = []
    for (;;) {
      const url = this.#hosts.current
      try {
        return await pool.connect()
      } catch (error) {
        if (urls.length === 1) throw storeError(error)
        refusals.push(`${hostOf(url)}: ${reasonOf(error)}`)
        this.#hosts.leave(url)
        if (refusals.length >= urls.length)
          throw new StoreUnavailable(`no host takes writes: ${refusals.join('; ')}`, { cause: error })
      }
    }
  }

  /** A connection made in an earlier history may lead to a server that is no longer the primary: it is replaced. */
  async #connect(pool: Pool): Promise<PoolClient> {
    for (;;) {
      const client = await this.#connectToAny(pool)
      const found = this.#found.get(client)
      if (found === undefined || found === '' || found === this.#history.id) return client
      client.release(true)
    }
  }
}

/** Makes each connection to the host that is used then: the pool makes connections at any time. */
function clientOf(hosts: Hosts): new (config: pg.PoolConfig) => pg.Client {
  return class extends pg.Client {
    constructor(config: pg.PoolConfig) {
      super({ ...config, connectionString: hosts.current })
    }
  }
}

function poolOf(
  { hosts, statementMs, connectMs, silenceMs }: ConnectionOptions,
  max: number,
  onConnect: (client: pg.ClientBase) => Promise<void>,
): Pool {
  const pool = new pg.Pool({
    Client: clientOf(hosts) as unknown as new () => pg.ClientBase,
    application_name: 'dovetail',
    max,
    pipeline: true,
    connectionTimeoutMillis: connectMs,
    query_timeout: statementMs + silenceMs,
    keepAlive: true,
    types: { getTypeParser: parserOf as typeof pg.types.getTypeParser },
    onConnect,
  })
  // An idle connection that breaks was already removed from the pool, and no call waits for it.
  pool.on('error', () => undefined)
  return pool
}

const bigint = 20
const textOf = (value: string): string => value

function parserOf(oid: number): (value: string) => unknown {
  if (oid === bigint) return Number
  if (oid === pg.types.builtins.BOOL) return (value) => value === 't'
  return oid === pg.types.builtins.INT4 ? Number : textOf
}

/**
 * Acknowledged commits are on the disk, even where the database is configured otherwise. Plans use the
 * indexes: a statement planned while the tables were small is used for as long as the connection lives.
 * Nothing is compiled: without sequential scans the planner counts what it can't avoid (a table of one row) as so dear
 * that it would compile the statement each time, which takes a hundred times as long as running it.
 * The time limits are set here too: as parameters of the connection, poolers refuse them.
 */
const settings = `SELECT set_config('enable_seqscan', 'off', false), set_config('enable_hashjoin', 'off', false),
    set_config('enable_mergejoin', 'off', false), set_config('jit', 'off', false), set_config('synchronous_commit',
      CASE current_setting('synchronous_commit') WHEN 'off' THEN 'on' ELSE current_setting('synchronous_commit') END, false),
    set_config('statement_timeout', $1, false), set_config('idle_in_transaction_session_timeout', $1, false),
    current_setting('transaction_read_only') AS read_only`

async function prepare(client: pg.ClientBase, { hosts, statementMs }: ConnectionOptions): Promise<void> {
  // Whoever uses the connection learns of its end by its failing statements.
  client.on('error', () => undefined)
  const { rows } = await client.query<{ read_only: string }>(settings, [String(statementMs)])
  if (hosts.urls.length > 1 && rows[0]?.read_only === 'on') throw new StoreUnavailable('it takes no writes')
}

/** Runs unprepared statements: they are rare. */
function rawLinkOf(client: pg.ClientBase): RawLink {
  return {
    query: async (text, values = []) =>
      (await client.query<SqlRow[number][]>({ text, values: [...values], rowMode: 'array' })).rows,
  }
}

function linkOf(client: PoolClient): Link {
  return {
    query: async ({ name, text }, values) => {
      const query = { name, text, values: [...values], rowMode: 'array' } as const
      return (await translated(client.query<SqlRow[number][]>(query))).rows
    },
  }
}

/** Turns the driver's errors into the errors of the port. */
async function translated<Result>(answer: Promise<Result>, doing?: string): Promise<Result> {
  try {
    return await answer
  } catch (error) {
    throw storeError(error, doing)
  }
}

async function within<Result>(
  client: PoolClient,
  begin: string,
  run: (commit: () => Promise<void>) => Promise<Result>,
): Promise<Result> {
  let ending: Promise<void> | null = null
  const commit = (): Promise<void> => {
    ending ??= committed(client)
    return ending
  }
  try {
    const [, result] = await Promise.all([translated(client.query(begin)), run(commit)])
    await commit()
    return result
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) await translated(client.query('ROLLBACK'))
    throw error
  }
}

async function committed(client: PoolClient): Promise<void> {
  const { command } = await translated(client.query('COMMIT'), 'it is not known whether the database has committed')
  if (command !== 'COMMIT') throw new Error('the database undid the transaction')
}

function poolFigures(name: ConnectionPool['name'], pool: Pool): ConnectionPool {
  const { totalCount, idleCount, waitingCount } = pool
  return { name, idle: idleCount, busy: totalCount - idleCount, waiting: waitingCount }
}
