/**
 * `dying-migration.ts sqlite FILE VERSION` and `dying-migration.ts postgres URL VERSION`: migrates, and dies by SIGKILL
 * in the middle of the transaction that brings the store to this version.
 */
import pg from 'pg'
import { migrate as migratePostgres } from '../../packages/server/src/stores/postgres/migrations/migrate.ts'
import { loadDriver } from '../../packages/server/src/stores/sqlite/driver/driver.ts'
import { openForWriting } from '../../packages/server/src/stores/sqlite/driver/open-connection.ts'
import { migrate as migrateSqlite } from '../../packages/server/src/stores/sqlite/migrations/migrate.ts'

const [store, address = '', wanted] = process.argv.slice(2)
const version = Number(wanted)

function die(): void {
  process.kill(process.pid, 'SIGKILL')
}

async function dieInSqlite(): Promise<void> {
  const database = openForWriting(await loadDriver(), { path: address, flush: 'FULL', maxPages: 0 })
  const exec = (sql: string): void => {
    const isLast = sql.includes(`user_version = ${version};`)
    database.exec(isLast ? sql.replace(/COMMIT$/, '') : sql)
    if (isLast) die()
  }
  migrateSqlite(new Proxy(database, { get: (target, name) => (name === 'exec' ? exec : bound(target, name)) }))
}

async function dieInPostgres(): Promise<void> {
  const pool = new pg.Pool({ connectionString: address })
  const client = await pool.connect()
  const query = async (text: string, values?: readonly unknown[]) => {
    const result = await client.query(text, values === undefined ? undefined : [...values])
    if (values?.[0] === version) die()
    return result
  }
  await migratePostgres(new Proxy(client, { get: (target, name) => (name === 'query' ? query : bound(target, name)) }))
}

function bound<Target extends object>(target: Target, name: string | symbol): unknown {
  const value: unknown = Reflect.get(target, name, target)
  return typeof value === 'function' ? value.bind(target) : value
}

await (store === 'sqlite' ? dieInSqlite() : dieInPostgres())
