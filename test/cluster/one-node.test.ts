import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Postgres, startPostgres } from 'dovetail-lab/services'
import { afterAll, beforeAll } from 'vitest'
import { transportsSuite } from './transports.suite.ts'

let postgres: Postgres
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dovetail-one-'))
  postgres = await startPostgres()
})
afterAll(async () => {
  await postgres.stop()
  await rm(folder, { recursive: true, force: true })
})

const stores: Readonly<Record<string, () => string>> = {
  'the memory of the process': () => 'memory:',
  SQLite: () => `sqlite:${join(folder, 'one.db')}`,
  PostgreSQL: () => postgres.url,
}
for (const [name, store] of Object.entries(stores))
  transportsSuite(
    `one node on ${name}`,
    1,
    async () => ({ store: store(), backbone: 'memory:', memory: 'memory:' }),
    async ([port = 0]) => ({ port, stop: async () => {} }),
  )
