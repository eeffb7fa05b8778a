/** Copies of the file: one taken while it is served, and one put back in its place. */
import { copyFileSync, existsSync, renameSync, rmSync } from 'node:fs'
import { loadDriver } from './driver.ts'
import { holdLock } from './hold-lock.ts'
import { requireOwnFile } from './migrate.ts'

/** A whole, consistent copy in one file; may be taken while a server writes. The target must not exist. */
export async function backUp(path: string, target: string): Promise<void> {
  if (!existsSync(path)) throw new Error(`${path} is not there`)
  if (existsSync(target)) throw new Error(`${target} is there already`)
  const database = (await loadDriver()).open(path, { readOnly: true })
  try {
    requireOwnFile(database)
    database.prepare('VACUUM INTO ?').run(target)
  } finally {
    database.close()
  }
}

/** Puts a copy in the place of the file. Refused while a server has it. */
export async function putBack(copy: string, path: string): Promise<void> {
  if (!existsSync(copy)) throw new Error(`${copy} is not there`)
  const driver = await loadDriver()
  try {
    const database = driver.open(copy, { readOnly: true })
    try {
      requireOwnFile(database)
    } finally {
      database.close()
    }
  } catch (cause) {
    throw new Error(`${copy}: ${(cause as Error).message}`, { cause })
  }
  const unlock = holdLock(driver, path)
  try {
    // Copied beside it first: what ends in the middle leaves the old file whole.
    const incoming = `${path}.incoming`
    copyFileSync(copy, incoming)
    // A log of the old file would be read into the new one.
    for (const suffix of ['-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true })
    renameSync(incoming, path)
  } finally {
    unlock()
  }
}
