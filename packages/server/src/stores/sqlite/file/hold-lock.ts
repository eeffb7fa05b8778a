import type { Driver } from '../driver/driver.ts'
import { makePrivate } from '../driver/open-connection.ts'
import { isBusy } from '../driver/sqlite-code.ts'

/** The file is served by another store, in this process or in another one. */
export class StoreLocked extends Error {
  override readonly name = 'StoreLocked'
}

/**
 * Holds `<path>.lock` while this process lives or until the returned function is called. The lock is the
 * kernel's, on an empty database beside the file, so a killed process leaves none; the file itself can
 * still be opened by readers such as a backup. Only the owner may open the lock's file, so nobody else of the machine can
 * hold the lock. @throws StoreLocked
 */
export function holdLock(driver: Driver, path: string): () => void {
  makePrivate(`${path}.lock`)
  const lock = driver.open(`${path}.lock`)
  try {
    lock.exec('PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE')
  } catch (error) {
    lock.close()
    if (isBusy(error)) throw new StoreLocked(`${path} is served already, by another process or in this one`)
    throw error
  }
  return () => lock.close()
}
