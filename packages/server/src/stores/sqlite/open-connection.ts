import type { Database, Driver } from './driver.ts'

/**
 * FULL: the log is flushed before a commit returns, so a commit survives a power cut. OFF is for
 * the test that shows that the test of flushing can fail.
 */
export type Flush = 'FULL' | 'OFF'

/** What both threads are started with. */
export interface ThreadData {
  readonly path: string
  readonly flush: Flush
  /** The largest size of the file in pages, for tests of a full disk; 0: as large as it gets. */
  readonly maxPages: number
}

/** A log file longer than this is cut back when it begins anew. */
const keptLogBytes = 64 * 1024 * 1024

/**
 * How long a commit waits for a checkpoint that holds it up while the disk flushes: a busy disk has
 * been seen to take over five seconds. A client still waits for its answer then.
 */
const commitWaitMs = 20_000

/**
 * `secure_delete` overwrites what is deleted in the file with zeros; in the write-ahead log a copy
 * may stay until the log comes round to that place. Checkpoints are made by the reader's thread,
 * never within a commit, where their failure would look like the commit's.
 */
export function openForWriting(driver: Driver, data: ThreadData): Database {
  const database = driver.open(data.path)
  database.exec(`
    PRAGMA busy_timeout = ${commitWaitMs};
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = ${data.flush};
    PRAGMA wal_autocheckpoint = 0;
    PRAGMA journal_size_limit = ${keptLogBytes};
    PRAGMA secure_delete = ON;
    PRAGMA cache_size = -8000;
  `)
  if (data.maxPages > 0) database.exec(`PRAGMA max_page_count = ${data.maxPages}`)
  return database
}

/** Reads only, but for checkpoints; these wait for no foreign reader longer than a commit may be kept waiting. */
export function openForReading(driver: Driver, data: ThreadData): Database {
  const database = driver.open(data.path)
  database.exec(`
    PRAGMA busy_timeout = 20;
    PRAGMA synchronous = ${data.flush};
    PRAGMA wal_autocheckpoint = 0;
    PRAGMA cache_size = -8000;
    PRAGMA query_only = ON;
  `)
  return database
}
