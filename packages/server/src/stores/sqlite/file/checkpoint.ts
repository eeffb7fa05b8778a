import type { Database } from '../driver/driver.ts'

/** The length of the write-ahead log at which it is begun anew where the disk has room: 16 MiB in pages of 4 KiB. */
export const longLogPages = 4096

export interface CheckpointOptions {
  /** The length of the log, in pages, from which on it is begun anew. */
  readonly from: number
  /** `cut`: the log's file is truncated, too. `keep`: the file keeps its size for the next writes. */
  readonly file: 'keep' | 'cut'
}

export interface Checkpointed {
  /** The length of the log before, in pages. */
  readonly pages: number
  /** Whether the log is begun anew. It is not while somebody reads what is only in the log. */
  readonly anew: boolean
}

/**
 * Copies the log into the file while commits go on. Under steady writing that never catches up
 * completely, so a long log is also begun anew: the rest is copied while commits wait, a few pages and
 * one flush.
 */
export function checkpoint(database: Database, { from, file }: CheckpointOptions): Checkpointed {
  const [, pages] = database.prepare('PRAGMA wal_checkpoint(PASSIVE)').get() ?? []
  if (Number(pages) < from / 2) return { pages: Number(pages), anew: false }
  const how = file === 'cut' ? 'TRUNCATE' : 'RESTART'
  const [busy, all] = database.prepare(`PRAGMA wal_checkpoint(${how})`).get() ?? []
  return { pages: Math.max(Number(all), Number(pages)), anew: busy === 0 }
}
