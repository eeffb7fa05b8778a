/**
 * better-sqlite3 as the store's driver. It is used where an application that uses it opens the store's file in the same
 * process, since all connections of a process have to be of one copy of SQLite.
 */
import type { Database, Driver, SqlRow, SqlValue, Statement } from './database.ts'
import { loadPackage } from './load-package.ts'

type Bound = SqlValue | Readonly<Record<string, SqlValue>>

interface BetterStatement {
  /** Whether it returns rows. */
  readonly reader: boolean
  /** Rows as arrays; only where it returns rows. */
  raw(isRaw: boolean): this
  run(...values: readonly Bound[]): ReturnType<Statement['run']>
  get(...values: readonly Bound[]): SqlRow | undefined
  all(...values: readonly Bound[]): readonly SqlRow[]
  iterate(...values: readonly Bound[]): Iterator<SqlRow>
}

interface BetterDatabase extends Pick<Database, 'exec' | 'close'> {
  readonly inTransaction: boolean
  prepare(sql: string): BetterStatement
}

type BetterClass = new (path: string, options: { readonly readonly: boolean }) => BetterDatabase

export async function loadBetterSqlite(): Promise<Driver> {
  // A name that the compiler can't see: the package is the application's.
  const name: string = 'better-sqlite3'
  const load = () => import(name) as Promise<{ readonly default: BetterClass }>
  const { default: BetterSqlite } = await loadPackage(
    load,
    'better-sqlite3 is not installed: npm install better-sqlite3',
  )
  return {
    name: 'better-sqlite3',
    open: (path, { readOnly = false } = {}) => databaseOf(new BetterSqlite(path, { readonly: readOnly })),
    isOwn: (connection) => connection instanceof BetterSqlite,
  }
}

function databaseOf(native: BetterDatabase): Database {
  return {
    exec: (sql) => native.exec(sql),
    prepare: (sql) => statementOf(native.prepare(sql), sql),
    get isTransaction() {
      return native.inTransaction
    },
    close: () => native.close(),
  }
}

/** better-sqlite3 refuses to `run` what returns rows, and to `get` what returns none. */
function statementOf(native: BetterStatement, sql: string): Statement {
  const bound = binderOf(sql)
  if (native.reader) {
    native.raw(true)
    return {
      run: (...values) => ({ changes: native.all(...bound(values)).length, lastInsertRowid: 0 }),
      get: (...values) => native.get(...bound(values)),
      all: (...values) => native.all(...bound(values)),
      iterate: (...values) => native.iterate(...bound(values)),
    }
  }
  const all = (...values: SqlValue[]): readonly SqlRow[] => {
    native.run(...bound(values))
    return []
  }
  return {
    run: (...values) => native.run(...bound(values)),
    get: (...values) => all(...values)[0],
    all,
    iterate: (...values) => all(...values)[Symbol.iterator](),
  }
}

/** It takes parameters with a number, as in `?1`, for names. */
function binderOf(sql: string): (values: readonly SqlValue[]) => readonly Bound[] {
  if (!/\?[1-9]/.test(sql)) return (values) => values
  return (values) => [Object.fromEntries(values.map((value, index) => [index + 1, value]))]
}
