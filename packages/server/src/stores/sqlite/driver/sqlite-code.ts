/** The extended result codes of SQLite that the store handles: https://sqlite.org/rescode.html */
const codes = {
  other: 1,
  busy: 5,
  full: 13,
  notADatabase: 26,
  uniqueness: 2067,
  primaryKey: 1555,
  flush: 1034,
  flushFolder: 1290,
} as const

/** better-sqlite3 gives names of codes. */
const named: Readonly<Record<string, number>> = {
  SQLITE_FULL: codes.full,
  SQLITE_NOTADB: codes.notADatabase,
  SQLITE_CONSTRAINT_UNIQUE: codes.uniqueness,
  SQLITE_CONSTRAINT_PRIMARYKEY: codes.primaryKey,
  SQLITE_IOERR_FSYNC: codes.flush,
  SQLITE_IOERR_DIR_FSYNC: codes.flushFolder,
}

/** The extended result code; `null`: not an error of SQLite. */
export function sqliteCode(error: unknown): number | null {
  if (!(error instanceof Error)) return null
  const { errcode, code } = error as { errcode?: unknown; code?: unknown }
  if (typeof errcode === 'number') return errcode
  if (typeof code !== 'string' || !code.startsWith('SQLITE_')) return null
  return code.startsWith('SQLITE_BUSY') ? codes.busy : (named[code] ?? codes.other)
}

/** Makes an error of SQLite again that another thread sent. */
export function sqliteError(message: string, code: number): Error {
  return Object.assign(new Error(message), { errcode: code })
}

/** Whether the error, or its cause, says that the disk is full or the file may not grow. */
export function isFull(error: unknown): boolean {
  const code = sqliteCode(error) ?? sqliteCode(error instanceof Error ? error.cause : null)
  return ((code ?? 0) & 0xff) === codes.full
}

export function isUniqueness(error: unknown): boolean {
  const code = sqliteCode(error)
  return code === codes.uniqueness || code === codes.primaryKey
}

export function isBusy(error: unknown): boolean {
  return ((sqliteCode(error) ?? 0) & 0xff) === codes.busy
}

/** After a failed flush nobody knows what is on the disk, and a later flush that succeeds says nothing about it. */
export function isFlushFailure(error: unknown): boolean {
  const code = sqliteCode(error)
  return code === codes.flush || code === codes.flushFolder
}
