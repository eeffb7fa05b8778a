/** What the store needs of SQLite: what its drivers have in common. */

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

/** The names of the drivers, as an application imports them. */
export const sqliteDrivers = ['node:sqlite', '@photostructure/sqlite', 'better-sqlite3'] as const

export type SqliteDriver = (typeof sqliteDrivers)[number]

export interface Driver {
  readonly name: SqliteDriver
  open(path: string, options?: { readonly readOnly?: boolean }): Database
  /**
   * Whether this connection of the application was made by this driver. One of another driver brings a second copy of
   * SQLite into the process, and two copies in one process do not see each other's locks: both would write at a time,
   * and damage the file (https://sqlite.org/howtocorrupt.html, 2.2.1).
   */
  isOwn(connection: unknown): boolean
}
