import { type Postgres, type PostgresOptions, startPostgres } from 'dovetail-lab/services'
import pg from 'pg'
import { afterAll, beforeAll, onTestFinished } from 'vitest'
import { openPostgresStore, type PostgresStoreOptions } from '../open.ts'

export interface Databases {
  readonly server: Postgres
  /** Gives the URL of a new and empty database. */
  create(): Promise<string>
  /**
   * Gives the URL of one database that is emptied by each call, which is much faster: for tests that run
   * one after the other.
   */
  emptied(): Promise<string>
}

/** One server for all tests of a file. */
export function databases(options: PostgresOptions = {}): Databases {
  let started: Postgres | null = null
  let emptied: Promise<Emptied> | null = null
  let count = 0
  beforeAll(async () => {
    started = await startPostgres(options)
  })
  afterAll(async () => {
    await (await emptied)?.client.end()
    await started?.stop()
  })
  const server = (): Postgres => {
    if (started === null) throw new Error('the server is started before the tests')
    return started
  }
  const create = (): Promise<string> => server().createDatabase(`database${count++}`)
  return {
    get server() {
      return server()
    },
    create,
    emptied: async () => {
      emptied ??= create().then(withSchema)
      const { client, url, empty } = await emptied
      await client.query(empty)
      return url
    },
  }
}

interface Emptied {
  readonly url: string
  readonly client: pg.Client
  /** The statement that empties the database. */
  readonly empty: string
}

async function withSchema(url: string): Promise<Emptied> {
  await (await openPostgresStore({ url })).close()
  const client = new pg.Client(url)
  await client.connect()
  const { rows } = await client.query<{ name: string }>(
    "SELECT 'dovetail.' || tablename AS name FROM pg_tables WHERE schemaname = 'dovetail' AND tablename <> 'migrations'",
  )
  return { url, client, empty: `TRUNCATE ${rows.map(({ name }) => name).join(', ')} RESTART IDENTITY` }
}

/** A store that is closed when the test has finished. */
export async function openStore(url: string, options: Partial<PostgresStoreOptions> = {}) {
  const store = await openPostgresStore({ url, readers: 2, ...options })
  onTestFinished(() => store.close())
  return store
}
