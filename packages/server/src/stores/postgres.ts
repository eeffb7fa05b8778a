import type { Accounts } from '../ports/accounts.ts'
import type { Store } from '../ports/store.ts'
import type { StoreWatch } from '../ports/watch.ts'
import { Connections } from './postgres/connections.ts'
import { migrate } from './postgres/migrate.ts'
import { PostgresStore } from './postgres/postgres-store.ts'

export interface PostgresStoreOptions {
  /** `postgres://user:password@host:port/database`; what else it may say is the driver's, such as `?sslmode=require`. */
  readonly url: string
  /** Connections for reads at most; two more are for writes. */
  readonly readers?: number
  /** How long one statement may take, in milliseconds. */
  readonly statementMs?: number
  /** How long to wait for a connection, in milliseconds. */
  readonly connectMs?: number
  /** How much longer than a statement may take to wait for its answer, in milliseconds. */
  readonly silenceMs?: number
  /** How many of the newest records a search looks at one by one before it asks the index. */
  readonly newestLookedAt?: number
}

/**
 * Opens the store in the schema `dovetail` of a database, made and brought up to date where it has to be.
 * @throws StoreUnavailable where the database can't be reached, Error where it is none for this build; one line for people.
 */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<Store & Accounts & StoreWatch> {
  const { url, readers = 8, newestLookedAt = 2000 } = options
  const { statementMs = 10_000, connectMs = 5000, silenceMs = 5000 } = options
  const connections = new Connections({ url, readers, statementMs, connectMs, silenceMs })
  try {
    await connections.bare((client) => migrate(client))
  } catch (error) {
    await connections.close()
    throw error
  }
  return new PostgresStore(connections, newestLookedAt)
}
