/** One PostgreSQL for the tests of a file, and databases in it that have the schema of a store. */
import { type Postgres, startPostgres } from 'dovetail-lab/services'
import { afterAll, beforeAll } from 'vitest'
import { systemClock } from '../../runtime/system-clock.ts'
import { openPostgresStore } from '../../stores/postgres/open.ts'
import { openPostgresBackbone } from './open.ts'

/** No lease expires during a test. */
const leaseMs = 600_000

export function databasesOfNodes() {
  let started: Postgres | null = null
  let count = 0
  beforeAll(async () => {
    started = await startPostgres({ fsync: false })
  }, 60_000)
  afterAll(() => started?.stop())
  const server = (): Postgres => {
    if (started === null) throw new Error('the server is started before the tests')
    return started
  }
  return {
    server,
    /** A database with the schema, and the id by which a node knows it. */
    create: async () => {
      const name = `nodes${++count}`
      const url = await server().createDatabase(name)
      await (await openPostgresStore({ url })).close()
      return { name, url, historyId: await server().psql('SELECT id FROM dovetail.history', name) }
    },
  }
}

export function openNode(
  { url, historyId }: { readonly url: string; readonly historyId: string },
  report: (error: unknown, doing: string) => void = () => {},
) {
  return openPostgresBackbone({ url, historyId, clock: systemClock, report, leaseMs })
}
