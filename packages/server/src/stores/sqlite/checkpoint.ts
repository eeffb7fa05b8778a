import type { Database } from './driver.ts'

/** Pages of the write-ahead log from which on it has to begin anew (16 MiB of 4 KiB pages) where the disk has room. */
export const longLogPages = 4096

export interface CheckpointOptions {
  /** Pages of the log from which on it is begun anew. */
  readonly from: number
  /** `cut`: the log's file gives back its room, too. `keep`: it keeps it for what is written next. */
  readonly file: 'keep' | 'cut'
}

export interface Checkpointed {
  /** How many the log has had. */
  readonly pages: number
  /** Whether it starts from none again, which it does not while somebody reads what is only in the log. */
  readonly anew: boolean
}

/**
 * Copies the log into the file, beside the commits that go on. Under steady writing that never
 * catches up quite, so a long log is then also begun anew: the rest is copied while commits wait,
 * a few pages and one flush.
 */
export function checkpoint(database: Database, { from, file }: CheckpointOptions): Checkpointed {
  const [, pages] = database.prepare('PRAGMA wal_checkpoint(PASSIVE)').get() ?? []
  if (Number(pages) < from / 2) return { pages: Number(pages), anew: false }
  const how = file === 'cut' ? 'TRUNCATE' : 'RESTART'
  const [busy, all] = database.prepare(`PRAGMA wal_checkpoint(${how})`).get() ?? []
  return { pages: Math.max(Number(all), Number(pages)), anew: busy === 0 }
}
