/** Copies of the file: backing up a file that is being served, and restoring one. */
import { chmodSync, copyFileSync, existsSync, linkSync, renameSync, rmSync } from 'node:fs'
import { loadDriver } from '../driver/driver.ts'
import { makePrivate } from '../driver/open-connection.ts'
import { markClosed } from '../history/file-history.ts'
import { requireOwnFile } from '../migrations/migrate.ts'
import { holdLock } from './hold-lock.ts'

/** Makes a whole, consistent copy in one file, also while a server writes. The target must not exist. */
export async function backUp(path: string, target: string): Promise<void> {
  if (!existsSync(path)) throw new Error(`${path} is not there`)
  if (existsSync(target)) throw new Error(`${target} is there already`)
  const driver = await loadDriver()
  const database = driver.open(path, { readOnly: true })
  try {
    requireOwnFile(database)
    makePrivate(target)
    database.prepare('VACUUM INTO ?').run(target)
  } finally {
    database.close()
  }
  const copy = driver.open(target)
  try {
    // The copy lacks nothing, as the file of a stopped server.
    markClosed(copy)
  } finally {
    copy.close()
  }
}

/**
 * Replaces the file by a copy, and keeps the file that was there under another name. Refused while a server serves it.
 * @returns the name of the old file; null: there was none
 */
export async function putBack(copy: string, path: string): Promise<string | null> {
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
    // Copied beside the file first: a restore that is interrupted leaves the old file whole.
    const incoming = `${path}.incoming`
    copyFileSync(copy, incoming)
    chmodSync(incoming, 0o600)
    const kept = existsSync(path) ? keepOld(path) : null
    // A log of the old file would be read into the new one.
    for (const suffix of ['-wal', '-shm']) rmSync(`${path}${suffix}`, { force: true })
    renameSync(incoming, path)
    return kept
  } finally {
    unlock()
  }
}

/** Gives the file, with its log, a second name that is free. */
function keepOld(path: string): string {
  let kept = `${path}.before-restore`
  for (let number = 2; existsSync(kept); number++) kept = `${path}.before-restore-${number}`
  for (const suffix of ['', '-wal']) if (existsSync(path + suffix)) linkOrCopy(path + suffix, kept + suffix)
  return kept
}

function linkOrCopy(file: string, to: string): void {
  try {
    linkSync(file, to)
  } catch {
    // Not every file system has links.
    copyFileSync(file, to)
  }
}
