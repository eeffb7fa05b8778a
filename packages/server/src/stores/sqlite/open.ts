import { existsSync, realpathSync, statSync } from 'node:fs'
import { stat, statfs } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { StoreUnavailable } from '../../ports/store.ts'
import { loadDriver, type SqliteDriver } from './driver/driver.ts'
import type { Flush, ThreadData } from './driver/open-connection.ts'
import type { Disk } from './file/checkpoints.ts'
import { holdLock, StoreLocked } from './file/hold-lock.ts'
import { foundFiles } from './history/file-history.ts'
import { SqliteStore } from './sqlite-store.ts'
import type { ReaderThread } from './threads/reader-thread.ts'
import { ThreadCaller } from './threads/thread-caller.ts'
import type { WriterThread } from './threads/writer-thread.ts'

export interface SqliteStoreOptions {
  /** The file; created where it does not exist, in an existing folder. Beside it are `-wal` and `-shm`, and a lock. */
  readonly path: string
  /** The driver of all connections. Default: the runtime's own, or the package with the same interface. */
  readonly driver?: SqliteDriver | undefined
  /** For tests alone: whether commits survive a power cut. */
  readonly flush?: Flush
  /**
   * Called with one line for people where the file is not the one that the server left, and every
   * channel got a new epoch; or where it was there and holds nothing.
   */
  readonly onNewHistory?: (line: string) => void
  /** For tests alone: the file is full at this many pages. */
  readonly maxPages?: number
}

/**
 * @throws StoreLocked where the file is served already, StoreUnavailable where it can't be opened,
 *   is another application's or of a newer build; the message is one line for people.
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<SqliteStore> {
  // Deno's `receiveMessageOnPort` does not read the port of a thread to its parent, by which the store's threads wait.
  if ('Deno' in globalThis)
    throw new StoreUnavailable('SQLite is not served on Deno: use postgres: or memory:, or Node')
  try {
    return await openFile(canonical(options.path), options)
  } catch (cause) {
    if (cause instanceof StoreLocked) throw cause
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new StoreUnavailable(`${options.path} can not be opened: ${why}`, { cause })
  }
}

async function openFile(path: string, options: SqliteStoreOptions): Promise<SqliteStore> {
  const driver = await loadDriver(options.driver)
  const data: ThreadData = {
    path,
    flush: options.flush ?? 'FULL',
    maxPages: options.maxPages ?? 0,
    driver: driver.name,
  }
  const unlock = holdLock(driver, path)
  const found = foundFiles(path)
  const writer: WriterThread = new ThreadCaller('writer-thread', data)
  const reader: ReaderThread = new ThreadCaller('reader-thread', data)
  const startSearcher = async () => {
    const searcher: ReaderThread = new ThreadCaller('reader-thread', data)
    await searcher.call('start')
    return searcher
  }
  try {
    const line = await writer.call('start', found)
    if (line !== null) options.onNewHistory?.(line)
    await reader.call('start')
    const database = driver.open(path, { readOnly: true })
    return new SqliteStore({ writer, reader, startSearcher, database, driver, disk: diskOf(path), unlock })
  } catch (error) {
    await Promise.all([writer.end(), reader.end()])
    unlock()
    throw error
  }
}

function diskOf(path: string): Disk {
  const freeBytes = async (): Promise<number> => {
    // Where the system does not report its free room, the room counts as unlimited.
    const { bavail, bsize } = await statfs(path).catch(() => ({ bavail: Number.POSITIVE_INFINITY, bsize: 1 }))
    return bavail * bsize
  }
  const log = `${path}-wal`
  const logFileBytes = async (): Promise<number> => (await stat(log).catch(() => null))?.size ?? 0
  return { freeBytes, logFileBytes, logBytes: statSync(log, { throwIfNoEntry: false })?.size ?? 0 }
}

/** One name for one file, so that a link to it does not get a lock of its own. */
function canonical(path: string): string {
  const whole = resolve(path)
  if (existsSync(whole)) return realpathSync(whole)
  return join(realpathSync(dirname(whole)), basename(whole))
}
