import pg, { type Pool, type PoolClient } from 'pg'
import { StoreUnavailable } from '../../ports/store.ts'
import { storeError } from './failure.ts'
import type { SqlRow } from './rows.ts'

export interface ConnectionOptions {
  readonly url: string
  /** Connections for reads at most; writers have two of their own, so that no crowd of readers keeps a write waiting. */
  readonly readers: number
  /** How long one statement may take, waiting for locks included. */
  readonly statementMs: number
  /** How long to wait for a connection, new or given back. */
  readonly connectMs: number
  /** How much longer than a statement may take to wait for its answer, before the link is given up. */
  readonly silenceMs: number
}

/** Prepared once a connection, under its name. */
export interface Statement {
  readonly name: string
  readonly text: string
}

type Value = string | number | boolean | null
export type Values = readonly (Value | readonly Value[])[]

/** A connection as long as somebody has it. Statements go out in the order of the calls, without waiting for answers. */
export interface Link {
  query(statement: Statement, values: Values): Promise<readonly SqlRow[]>
}

const writers = 2

/** The connections of one store. Those that break are forgotten, and the next one who needs one makes it anew. */
export class Connections {
  readonly #readers: Pool
  readonly #writers: Pool

  constructor(options: ConnectionOptions) {
    this.#readers = poolOf(options, options.readers)
    this.#writers = poolOf(options, writers)
  }

  /** One statement that changes nothing. */
  read(statement: Statement, values: Values): Promise<readonly SqlRow[]> {
    return lend(this.#readers, (client) => linkOf(client).query(statement, values))
  }

  /** Statements that see one moment. */
  snapshot<Result>(read: (link: Link) => Promise<Result>): Promise<Result> {
    return lend(this.#readers, (client) =>
      within(client, 'BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY', () => read(linkOf(client))),
    )
  }

  /** One statement that commits by itself. */
  write(statement: Statement, values: Values): Promise<readonly SqlRow[]> {
    return lend(this.#writers, (client) => linkOf(client).query(statement, values))
  }

  /**
   * Changes that are committed together. `commit` may be called by `change` with its last
   * statements, to go out with them; else it is called behind it.
   */
  transaction<Result>(change: (link: Link, commit: () => Promise<void>) => Promise<Result>): Promise<Result> {
    return lend(this.#writers, (client) => within(client, 'BEGIN', (commit) => change(linkOf(client), commit)))
  }

  /** A bare connection of a writer, for the schema. */
  bare<Result>(use: (client: PoolClient) => Promise<Result>): Promise<Result> {
    return lend(this.#writers, use)
  }

  async close(): Promise<void> {
    await Promise.all([this.#readers.end(), this.#writers.end()])
  }
}

function poolOf({ url, statementMs, connectMs, silenceMs }: ConnectionOptions, max: number): Pool {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: 'dovetail',
    max,
    pipeline: true,
    connectionTimeoutMillis: connectMs,
    statement_timeout: statementMs,
    idle_in_transaction_session_timeout: statementMs,
    query_timeout: statementMs + silenceMs,
    keepAlive: true,
    types: { getTypeParser: parserOf as typeof pg.types.getTypeParser },
    onConnect: prepared,
  })
  // An idle connection that breaks was forgotten already; nobody waits for it.
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
 * What is acknowledged is on the disk, also where the database was told not to care. Plans follow
 * the indexes: every statement is made for one, and one that was planned when the tables were small
 * is used for as long as the connection lives.
 */
const settings = `SELECT set_config('enable_seqscan', 'off', false), set_config('enable_hashjoin', 'off', false),
    set_config('enable_mergejoin', 'off', false), set_config('synchronous_commit',
      CASE current_setting('synchronous_commit') WHEN 'off' THEN 'on' ELSE current_setting('synchronous_commit') END, false)`

async function prepared(client: pg.ClientBase): Promise<void> {
  // Who uses the connection hears of its end by the answers that do not come.
  client.on('error', () => undefined)
  await client.query(settings)
}

function linkOf(client: PoolClient): Link {
  return {
    query: async ({ name, text }, values) => {
      const query = { name, text, values: [...values], rowMode: 'array' } as const
      return (await told(client.query<SqlRow[number][]>(query))).rows
    },
  }
}

/** What the driver tells, in the words of the port. */
async function told<Result>(answer: Promise<Result>, doing?: string): Promise<Result> {
  try {
    return await answer
  } catch (error) {
    throw storeError(error, doing)
  }
}

/** Lends a connection. One on which something failed otherwise than by its statement is not given back. */
async function lend<Result>(pool: Pool, use: (client: PoolClient) => Promise<Result>): Promise<Result> {
  const client = await told(pool.connect())
  try {
    const result = await use(client)
    client.release()
    return result
  } catch (error) {
    client.release(error instanceof StoreUnavailable)
    throw error
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
    const [, result] = await Promise.all([told(client.query(begin)), run(commit)])
    await commit()
    return result
  } catch (error) {
    if (!(error instanceof StoreUnavailable)) await told(client.query('ROLLBACK'))
    throw error
  }
}

async function committed(client: PoolClient): Promise<void> {
  const { command } = await told(client.query('COMMIT'), 'it is not known whether the database has committed')
  if (command !== 'COMMIT') throw new Error('the database undid the transaction')
}
