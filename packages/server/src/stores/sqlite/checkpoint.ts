import type { Database } from './driver.ts'

/** Pages of the write-ahead log from which on it has to begin anew (16 MiB of 4 KiB pages). */
export const longLogPages = 4096

/**
 * Copies the log into the file, beside the commits that go on. Under steady writing that never
 * catches up quite, so a long log is then also begun anew: the rest is copied while commits wait,
 * a few pages and one flush. Returns how many pages the log has had.
 */
export function checkpoint(database: Database): number {
  const [, pages] = database.prepare('PRAGMA wal_checkpoint(PASSIVE)').get() ?? []
  if (Number(pages) >= longLogPages) database.prepare('PRAGMA wal_checkpoint(RESTART)').get()
  return Number(pages)
}
