import { closeSync, existsSync, openSync } from 'node:fs'
import type { Database, Driver, SqliteDriver } from './driver.ts'

/**
 * FULL: the log is flushed before a commit returns, so a commit survives a power cut. OFF is only for
 * the test which shows that the flush test can fail.
 */
export type Flush = 'FULL' | 'OFF'

/** What the writer thread and the reader threads are started with. */
export interface ThreadData {
  readonly path: string
  readonly flush: Flush
  /** The largest size of the file in pages, for tests of a full disk; 0: no limit. */
  readonly maxPages: number
  /** The driver that all connections to the file use; absent: the runtime's own, or the package. */
  readonly driver?: SqliteDriver | undefined
}

/** A log file longer than this is truncated when it is begun anew. */
const keptLogBytes = 64 * 1024 * 1024

/**
 * How long a commit waits for a checkpoint that blocks it while the disk flushes: a busy disk has been
 * seen to take over five seconds. A client still waits for its answer after this time.
 */
const commitWaitMs = 20_000

/**
 * `secure_delete` overwrites deleted data in the file with zeros; the write-ahead log may hold a copy
 * until it reuses that page. The reader's thread makes the checkpoints, never a commit, where a failed
 * checkpoint would look like a failed commit.
 */
export function openForWriting(driver: Driver, data: ThreadData): Database {
  makePrivate(data.path)
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

/**
 * Creates the file, where there is none, so that only its owner may open it. SQLite takes an empty file for a new
 * database, and gives its log and its shared memory the mode of the file.
 *
 * A file that is there is not even opened: where a process closes any descriptor of a file, the system drops all locks
 * that the process holds on it (POSIX), those of another connection of SQLite too.
 */
export function makePrivate(path: string): void {
  if (!existsSync(path)) closeSync(openSync(path, 'a', 0o600))
}

/** Opens for reads and checkpoints only. A checkpoint waits for no other reader longer than a commit may be delayed. */
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
