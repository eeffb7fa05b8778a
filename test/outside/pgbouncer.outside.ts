/** PostgreSQL behind PgBouncer, as people run it [P3, P4]. */
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, type Postgres, ServiceProcess, startPostgres } from 'dovetail-lab/services'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { openStore } from '../../packages/server/src/open.ts'

let server: Postgres

beforeAll(async () => {
  server = await startPostgres({ fsync: false })
})
afterAll(() => server.stop())

/** Starts a PgBouncer with Debian's defaults and this mode, and gives the URL of an empty database through it. */
async function pooled(mode: 'session' | 'transaction' | 'statement', settings = ''): Promise<string> {
  const database = `${mode}${Math.floor(performance.now())}`
  await server.createDatabase(database)
  const folder = await mkdtemp(join(tmpdir(), 'dovetail-pgbouncer-'))
  await chmod(folder, 0o777)
  const port = await freePort()
  const file = join(folder, 'pgbouncer.ini')
  await writeFile(
    file,
    `[databases]
* = user=dovetail host=127.0.0.1 port=${server.port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = ${mode}
${settings}
`,
  )
  const running = await ServiceProcess.start({
    name: 'pgbouncer',
    command: 'pgbouncer',
    args: ['-u', 'postgres', file],
    env: { PATH: `${process.env.PATH}:/usr/sbin` },
    port,
  })
  onTestFinished(async () => {
    await running.stop('SIGKILL')
    await rm(folder, { recursive: true, force: true })
  })
  return `postgres://dovetail@127.0.0.1:${port}/${database}`
}

async function settingsSeenBy(url: string): Promise<unknown> {
  const client = new pg.Client(url)
  await client.connect()
  const names = ['enable_seqscan', 'enable_hashjoin', 'jit', 'statement_timeout']
  const { rows } = await client.query(
    `SELECT ${names.map((name) => `current_setting('${name}') AS ${name}`).join(', ')}`,
  )
  await client.end()
  return rows[0]
}

describe('PgBouncer', () => {
  test('[P4] in session mode with its defaults serves a store, and nothing that the store set is left behind', async () => {
    const url = await pooled('session', 'default_pool_size = 20')
    const before = await settingsSeenBy(url)
    const { store } = await openStore(url, '.')
    await store.open({ name: 'chat:a', at: 1, visibility: 'public', title: null, owner: null })
    expect(await store.channel('chat:a')).toMatchObject({ head: 0 })
    await store.close()
    for (let times = 0; times < 5; times++) expect(await settingsSeenBy(url)).toEqual(before)
  })

  test.each(['transaction', 'statement'] as const)(
    '[P3] in %s mode is refused at start in one line that says what to do, before anything is set',
    async (mode) => {
      const url = await pooled(mode, 'ignore_startup_parameters = extra_float_digits')
      const before = await settingsSeenBy(url)
      await expect(openStore(url, '.')).rejects.toThrow(
        /^store: a pooler lends its connections for one transaction \(PgBouncer: pool_mode=[^\n]+set pool_mode=session, or connect to PostgreSQL itself$/,
      )
      for (let times = 0; times < 5; times++) expect(await settingsSeenBy(url)).toEqual(before)
    },
  )

  test('[P3] in transaction mode is found out also where it hands its connections out in turn', async () => {
    const url = await pooled('transaction', 'server_round_robin = 1\nmin_pool_size = 4')
    await settingsSeenBy(url)
    await expect(openStore(url, '.')).rejects.toThrow(/pool_mode=session/)
  })
})
