import { existsSync, realpathSync, statSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import type { Accounts } from '../ports/accounts.ts'
import { type Store, StoreUnavailable } from '../ports/store.ts'
import type { Disk } from './sqlite/checkpoints.ts'
import { loadDriver } from './sqlite/driver.ts'
import { holdLock, StoreLocked } from './sqlite/hold-lock.ts'
import type { Flush, ThreadData } from './sqlite/open-connection.ts'
import type { ReaderThread } from './sqlite/reader-thread.ts'
import { SqliteStore } from './sqlite/sqlite-store.ts'
import { ThreadCaller } from './sqlite/thread-caller.ts'
import type { WriterThread } from './sqlite/writer-thread.ts'

export interface SqliteStoreOptions {
  /** The file; made where there is none, in a folder that is there. Two more lie beside it, `-wal` and `-shm`, and a lock. */
  readonly path: string
  /** For tests alone: what a power cut may take. */
  readonly flush?: Flush
  /** For tests alone: the file is full at this many pages. */
  readonly maxPages?: number
}

/**
 * @throws StoreLocked where the file is served already, StoreUnavailable where it can't be opened,
 *   is another application's or of a newer build; the message is one line for people.
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store & Accounts> {
  try {
    return await openFile(canonical(options.path), options)
  } catch (cause) {
    if (cause instanceof StoreLocked) throw cause
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new StoreUnavailable(`${options.path} can not be opened: ${why}`, { cause })
  }
}

async function openFile(path: string, options: SqliteStoreOptions): Promise<Store & Accounts> {
  const driver = await loadDriver()
  const data: ThreadData = { path, flush: options.flush ?? 'FULL', maxPages: options.maxPages ?? 0 }
  const unlock = holdLock(driver, path)
  const writer: WriterThread = new ThreadCaller('writer-thread', data)
  const reader: ReaderThread = new ThreadCaller('reader-thread', data)
  const startSearcher = async () => {
    const searcher: ReaderThread = new ThreadCaller('reader-thread', data)
    await searcher.call('start')
    return searcher
  }
  try {
    await writer.call('start')
    await reader.call('start')
    const database = driver.open(path, { readOnly: true })
    return new SqliteStore({ writer, reader, startSearcher, database, disk: diskOf(path), unlock })
  } catch (error) {
    await Promise.all([writer.end(), reader.end()])
    unlock()
    throw error
  }
}

function diskOf(path: string): Disk {
  const freeBytes = async (): Promise<number> => {
    // Where the system does not tell, there is room.
    const { bavail, bsize } = await statfs(path).catch(() => ({ bavail: Number.POSITIVE_INFINITY, bsize: 1 }))
    return bavail * bsize
  }
  return { freeBytes, logBytes: statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0 }
}

/** One name for one file, so that a link to it does not get a lock of its own. */
function canonical(path: string): string {
  const whole = resolve(path)
  if (existsSync(whole)) return realpathSync(whole)
  return join(realpathSync(dirname(whole)), basename(whole))
}
