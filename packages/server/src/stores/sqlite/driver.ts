/**
 * SQLite in the runtime where it has it (`node:sqlite`), else the package with the same interface.
 * Only what both have in common is described here.
 */
export type SqlValue = null | number | string

/** Rows come as arrays, in the order of the columns: half the cost of objects. */
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
  const { DatabaseSync } = (await nodeSqlite()) ?? ((await import('@photostructure/sqlite')) as unknown as NativeModule)
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

/** `null` where the runtime has none, or one from before it could give rows as arrays and tell of transactions. */
async function nodeSqlite(): Promise<NativeModule | null> {
  // A name that the compiler can't see: its types are of a runtime that has no such module.
  const name: string = 'node:sqlite'
  try {
    const native = (await import(name)) as NativeModule
    if (!('setReturnArrays' in native.StatementSync.prototype)) return null
    // Some versions have it on the object and not on its prototype.
    const empty = new native.DatabaseSync(':memory:', { readOnly: false })
    const tells = typeof empty.isTransaction === 'boolean'
    empty.close()
    return tells ? native : null
  } catch {
    return null
  }
}
