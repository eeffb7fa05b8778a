/** A standby that streams from a primary, without the primary waiting for it: what it has not got is lost when it is promoted. */
import { chown, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Postgres, type PostgresOptions, startPostgres } from './postgres.ts'
import { postgresIdentity, postgresPrograms } from './postgres-programs.ts'
import { runProgram } from './run-program.ts'

export interface Standby extends Postgres {
  /** Resolves when it has replayed what the primary has written so far. */
  caughtUp(): Promise<void>
  /** It takes nothing more from its primary. */
  detach(): Promise<void>
  /** It becomes a primary, on a timeline of its own. */
  promote(): Promise<void>
}

const patienceMs = 30_000

export async function startStandby(primary: Postgres, options: PostgresOptions = {}): Promise<Standby> {
  const folder = await copyPrimary(primary, ['-R'])
  const server = await startPostgres({ ...options, folder })
  const waitFor = async (sql: string): Promise<void> => {
    const end = Date.now() + patienceMs
    while ((await server.psql(sql)) !== 't') {
      if (Date.now() > end) throw new Error(`the standby has not come to: ${sql}`)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
  return {
    url: server.url,
    port: server.port,
    get pid() {
      return server.pid
    },
    psql: (sql, database) => server.psql(sql, database),
    createDatabase: (name) => server.createDatabase(name),
    dump: (file) => server.dump(file),
    restore: (file) => server.restore(file),
    kill: () => server.kill(),
    restart: () => server.restart(),
    stop: async () => {
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    },
    caughtUp: async () => {
      const lsn = await primary.psql('SELECT pg_current_wal_lsn()')
      await waitFor(`SELECT pg_last_wal_replay_lsn() >= '${lsn}'`)
    },
    detach: async () => {
      await server.psql("ALTER SYSTEM SET primary_conninfo = ''")
      await server.psql('SELECT pg_reload_conf()')
      await waitFor('SELECT count(*) = 0 FROM pg_stat_wal_receiver')
    },
    promote: async () => {
      await server.psql('SELECT pg_promote(true)')
      await waitFor('SELECT NOT pg_is_in_recovery()')
    },
  }
}

/** A base backup of a running server, in a temporary folder's `data`. Returns the folder. */
export async function copyPrimary(primary: Postgres, args: readonly string[] = []): Promise<string> {
  const identity = postgresIdentity()
  const folder = await mkdtemp(join(tmpdir(), 'dovetail-postgres-'))
  if (identity !== null) await chown(folder, identity.uid, identity.gid)
  const from = ['-h', '127.0.0.1', '-p', String(primary.port), '-U', 'dovetail', '-D', join(folder, 'data')]
  const how = ['-X', 'stream', '-c', 'fast', '--no-sync', ...args]
  await runProgram(join(postgresPrograms(), 'pg_basebackup'), [...from, ...how], identity)
  return folder
}
