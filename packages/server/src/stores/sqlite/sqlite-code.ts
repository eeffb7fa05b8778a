/** SQLite's extended result codes that mean something here: https://sqlite.org/rescode.html */
const codes = {
  busy: 5,
  full: 13,
  notADatabase: 26,
  uniqueness: 2067,
  primaryKey: 1555,
  flush: 1034,
  flushFolder: 1290,
} as const

/** The extended result code; `null`: no error of SQLite's. */
export function sqliteCode(error: unknown): number | null {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return null
  return error.errcode
}

/** An error of another thread's, as it was there. */
export function sqliteError(message: string, code: number): Error {
  return Object.assign(new Error(message), { errcode: code })
}

/** The disk has no room, or the file may not grow: told by this error or by its cause. */
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

/** After it nobody knows what is on the disk, and a later flush that succeeds says nothing about this one. */
export function isFlushFailure(error: unknown): boolean {
  const code = sqliteCode(error)
  return code === codes.flush || code === codes.flushFolder
}
