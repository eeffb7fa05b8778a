import type { Driver } from './driver.ts'
import { isBusy } from './sqlite-code.ts'

/** Another store, in this process or another one, serves the file. */
export class StoreLocked extends Error {
  override readonly name = 'StoreLocked'
}

/**
 * Holds `<path>.lock` for as long as this process lives or until the returned stop. The lock is
 * the kernel's on an empty database beside the file, so a process that is killed leaves none; the
 * file itself stays open to readers such as a backup.
 * @throws StoreLocked
 */
export function holdLock(driver: Driver, path: string): () => void {
  const lock = driver.open(`${path}.lock`)
  try {
    lock.exec('PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE')
  } catch (error) {
    lock.close()
    if (isBusy(error)) throw new StoreLocked(`${path} is served by another process already`)
    throw error
  }
  return () => lock.close()
}
