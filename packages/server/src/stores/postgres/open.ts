import { Hosts } from '../../postgres/hosts.ts'
import { requireOwnSessionsOfAny } from '../../postgres/own-sessions.ts'
import { Connections } from './connection/connections.ts'
import { explained } from './connection/missing-right.ts'
import { History } from './history/history.ts'
import { migrate } from './migrations/migrate.ts'
import { PostgresStore } from './postgres-store.ts'

export { PostgresOutbox } from './outbox/postgres-outbox.ts'

export interface PostgresStoreOptions {
  /**
   * `postgres://user:password@host:port/database`, or with several hosts, of which one takes writes; the driver reads its
   * other options, such as `?sslmode=require`.
   */
  readonly url: string
  /** The limit of connections for reads; two more are for writes. */
  readonly readers?: number
  /** How long one statement may take, in milliseconds. */
  readonly statementMs?: number
  /** How long to wait for a connection, in milliseconds. */
  readonly connectMs?: number
  /** How much longer than `statementMs` to wait for an answer, in milliseconds. */
  readonly silenceMs?: number
  /** How many of the newest records a search reads one by one before it uses the index. */
  readonly newestLookedAt?: number
  /**
   * Called with one line for people where the database has another history, and every channel got a new epoch; and at the
   * start where the database user lacks a right by which a history is known.
   */
  readonly onNewHistory?: (line: string) => void
}

/**
 * Opens the store in the schema `dovetail` of a database; creates or migrates the schema where needed.
 * @throws StoreUnavailable where the database can't be reached, Error where this build can't use it; one
 * line for people.
 */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<PostgresStore> {
  const { url, readers = 8, newestLookedAt = 2000 } = options
  const { statementMs = 10_000, connectMs = 5000, silenceMs = 5000 } = options
  const history = new History(options.onNewHistory ?? (() => undefined))
  const hosts = new Hosts(url)
  await requireOwnSessionsOfAny(hosts, connectMs)
  const connections = new Connections({ hosts, readers, statementMs, connectMs, silenceMs, history })
  try {
    await connections.bare((client) => migrate(client))
    await connections.beginHistory()
  } catch (error) {
    const shown = await explained(error, (text) => connections.ask(text)).catch(() => error)
    await connections.close()
    throw shown
  }
  return new PostgresStore(connections, { newestLookedAt, history })
}
