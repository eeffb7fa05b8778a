/**
 * SQLite from the runtime where it has it (`node:sqlite`), else from the package with the same
 * interface. These types describe only what both have in common.
 */
export type SqlValue = null | number | string

/** Rows are arrays, in the order of the columns: they cost half as much as objects. */
export type SqlRow = readonly SqlValue[]

export interface Statement {
  run(...values: SqlValue[]): { readonly changes: number | bigint; readonly lastInsertRowid: number | bigint }
  get(...values: SqlValue[]): SqlRow | undefined
  all(...values: SqlValue[]): readonly SqlRow[]
  iterate(...values: SqlValue[]): Iterator<SqlRow>
}

export interface Database {
  exec(sql: string): void
  prepare(sql: string): Statement
  readonly isTransaction: boolean
  close(): void
}

export interface Driver {
  open(path: string, options?: { readonly readOnly?: boolean }): Database
}

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

export async function loadDriver(): Promise<Driver> {
  const { DatabaseSync } = (await nodeSqlite()) ?? (await packageSqlite())
  return {
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
  }
}

/** The package is an optional one: it carries binaries for all systems, 29 MB, which newer runtimes have no use for. */
async function packageSqlite(): Promise<NativeModule> {
  try {
    return (await import('@photostructure/sqlite')) as unknown as NativeModule
  } catch (cause) {
    if ((cause as { code?: unknown }).code !== 'ERR_MODULE_NOT_FOUND') throw cause
    throw new Error('this runtime has no SQLite (Node has it from 22.16 on): npm install @photostructure/sqlite@1', {
      cause,
    })
  }
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
