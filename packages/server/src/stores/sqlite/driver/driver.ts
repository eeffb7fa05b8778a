/**
 * SQLite from the runtime where it has it (`node:sqlite`), else from the package with the same interface, or from
 * better-sqlite3 where an application that uses it opens the same file.
 */
import { createRequire } from 'node:module'
import { loadBetterSqlite } from './better-sqlite.ts'
import { type Database, type Driver, type SqliteDriver, type Statement, sqliteDrivers } from './database.ts'
import { loadPackage } from './load-package.ts'

export type { Database, Driver, SqliteDriver, SqlRow, SqlValue, Statement } from './database.ts'

interface NativeStatement extends Statement {
  setReturnArrays(arrays: boolean): void
}
interface NativeDatabase extends Database {
  prepare(sql: string): NativeStatement
}
interface NativeModule {
  readonly DatabaseSync: new (path: string, options: { readonly readOnly: boolean }) => NativeDatabase
  readonly StatementSync: { readonly prototype: object }
}

/** What this process used last. A backup of a file that is served here has to use the driver of its store. */
let lastUsed: SqliteDriver | undefined

/** Without a name: the one that this process used last, or the runtime's own where it has one, else the package. */
export async function loadDriver(name: SqliteDriver | undefined = lastUsed): Promise<Driver> {
  const driver = await loadNamed(name)
  lastUsed = driver.name
  return driver
}

async function loadNamed(name: SqliteDriver | undefined): Promise<Driver> {
  switch (name) {
    case 'better-sqlite3':
      return await loadBetterSqlite()
    case '@photostructure/sqlite':
      return driverOf(name, await packageSqlite())
    case 'node:sqlite':
      return driverOf(name, (await nodeSqlite()) ?? noSqlite())
    case undefined: {
      const native = await nodeSqlite()
      return native === null
        ? driverOf('@photostructure/sqlite', await packageSqlite())
        : driverOf('node:sqlite', native)
    }
    default:
      throw new Error(`there is no SQLite driver "${String(name satisfies never)}", but ${sqliteDrivers.join(', ')}`)
  }
}

function driverOf(name: SqliteDriver, { DatabaseSync }: NativeModule): Driver {
  return {
    name,
    open(path, options = {}) {
      const native = new DatabaseSync(path, { readOnly: options.readOnly ?? false })
      return {
        exec: (sql) => native.exec(sql),
        prepare(sql) {
          const statement = native.prepare(sql)
          statement.setReturnArrays(true)
          return statement
        },
        get isTransaction() {
          return native.isTransaction
        },
        close: () => native.close(),
      }
    },
    isOwn: (connection) =>
      connection instanceof DatabaseSync || (name !== 'node:sqlite' && connection instanceof requiredClass(name)),
  }
}

/** The class that `require` gives: that of the same binary, from another file than `import`. */
function requiredClass(name: string): NativeModule['DatabaseSync'] {
  return (createRequire(import.meta.url)(name) as NativeModule).DatabaseSync
}

function noSqlite(): never {
  throw new Error('this runtime has no node:sqlite that can be used (Node has it from 22.16 on)')
}

/** The package is an optional one: it carries binaries for all systems, 29 MB, which newer runtimes have no use for. */
async function packageSqlite(): Promise<NativeModule> {
  const load = () => import('@photostructure/sqlite')
  const hint = 'this runtime has no SQLite (Node has it from 22.16 on): npm install @photostructure/sqlite@1'
  return (await loadPackage(load, hint)) as unknown as NativeModule
}

/** `null` where the runtime has no SQLite, or a version that can't give rows as arrays or report transactions. */
async function nodeSqlite(): Promise<NativeModule | null> {
  // A name that the compiler can't see: it knows the types of a runtime without this module.
  const name: string = 'node:sqlite'
  try {
    const native = (await withoutSqliteWarning(() => import(name))) as NativeModule
    if (!('setReturnArrays' in native.StatementSync.prototype)) return null
    // Some versions have the property on the object and not on its prototype.
    const empty = new native.DatabaseSync(':memory:', { readOnly: false })
    const tells = typeof empty.isTransaction === 'boolean'
    empty.close()
    return tells ? native : null
  } catch {
    return null
  }
}

/**
 * Node 22 and 24 warn in each thread that their SQLite is experimental. What that means, that its interface may change,
 * is checked by the caller, so people who start a server need not read it.
 */
async function withoutSqliteWarning<Result>(load: () => Promise<Result>): Promise<Result> {
  const { emitWarning } = process
  process.emitWarning = (warning: string | Error, ...rest: unknown[]) => {
    if (!String(warning).startsWith('SQLite is an experimental feature'))
      Reflect.apply(emitWarning, process, [warning, ...rest])
  }
  try {
    return await load()
  } finally {
    process.emitWarning = emitWarning
  }
}
