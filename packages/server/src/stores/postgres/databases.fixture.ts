import { type Postgres, type PostgresOptions, startPostgres } from '@dovetail/lab/services'
import { afterAll, beforeAll, onTestFinished } from 'vitest'
import { openPostgresStore, type PostgresStoreOptions } from '../postgres.ts'

export interface Databases {
  readonly server: Postgres
  /** The URL of an empty database. */
  create(): Promise<string>
}

/** One server for a file's tests, with a database for each that asks. */
export function databases(options: PostgresOptions = {}): Databases {
  let server: Postgres | null = null
  let count = 0
  beforeAll(async () => {
    server = await startPostgres(options)
  })
  afterAll(() => server?.stop())
  const started = (): Postgres => {
    if (server === null) throw new Error('the server is started before the tests')
    return server
  }
  return {
    get server() {
      return started()
    },
    create: () => started().createDatabase(`database${count++}`),
  }
}

/** A store that is closed when the test has finished. */
export async function openStore(url: string, options: Partial<PostgresStoreOptions> = {}) {
  const store = await openPostgresStore({ url, readers: 2, ...options })
  onTestFinished(() => store.close())
  return store
}
