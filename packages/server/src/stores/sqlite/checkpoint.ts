import type { Database } from './driver.ts'

/** Pages of the write-ahead log from which on it has to begin anew (16 MiB of 4 KiB pages). */
export const longLogPages = 4096

/**
 * Copies the log into the file, beside the commits that go on. Under steady writing that never
 * catches up quite, so a long log is then also begun anew: the rest is copied while commits wait,
 * a few pages and one flush. `pages`: how many the log has had; `anew`: whether it starts from none again.
 */
export function checkpoint(database: Database): { readonly pages: number; readonly anew: boolean } {
  const [, pages] = database.prepare('PRAGMA wal_checkpoint(PASSIVE)').get() ?? []
  if (Number(pages) < longLogPages / 2) return { pages: Number(pages), anew: false }
  const [busy, all] = database.prepare('PRAGMA wal_checkpoint(RESTART)').get() ?? []
  return { pages: Math.max(Number(all), Number(pages)), anew: busy === 0 }
}
