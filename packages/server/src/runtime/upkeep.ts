/** Maintenance of a store by its operator: new epochs, backup and restore. */
import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { makeFolder, privateFolder } from '../auth/make-folder.ts'
import { loadSqliteCopies, openStore, StartFailure, sqlitePath } from '../open.ts'

export interface StoreAddress {
  /** The URL of `--store`; absent: the SQLite file in `data`. */
  readonly store?: string
  readonly data: string
}

/**
 * Gives every channel a new epoch, so that no earlier cursor can be continued and every reader gets a reset. This is
 * necessary after a store was restored to an earlier state, because it then assigns revisions a second time.
 * @returns the number of channels
 */
export async function newEpochs({ store: url, data }: StoreAddress): Promise<number> {
  const { store } = await openStore(url, data)
  try {
    return await store.renew()
  } finally {
    await store.close()
  }
}

/** Copies the SQLite file to `target`; a server may use the file meanwhile. */
export async function backUpStore(address: StoreAddress, target: string): Promise<void> {
  const path = requireSqlite(address, 'PostgreSQL has its own way: pg_dump')
  const { backUp } = await loadSqliteCopies()
  await runStep('backup', () => backUp(path, target))
}

export interface Restored {
  readonly channels: number
  /** Where the file is now that was there before; null: there was none. */
  readonly kept: string | null
}

/**
 * Replaces the SQLite file by a copy and gives every channel a new epoch. `replace`: whether a file may be there, which is
 * then kept under another name.
 */
export async function restoreStore(
  address: StoreAddress,
  copy: string,
  { replace = true }: { readonly replace?: boolean } = {},
): Promise<Restored> {
  const path = requireSqlite(address, 'put it back with its own tools, then run: dovetail epoch --new')
  if (!replace && existsSync(path))
    throw new StartFailure(
      `restore: ${path} is there; say --yes to put the copy in its place, and it is kept beside it`,
    )
  const { putBack } = await loadSqliteCopies()
  const kept = await runStep('restore', async () => {
    await makeFolder(dirname(path), privateFolder)
    return putBack(copy, path)
  })
  return { channels: await newEpochs(address), kept }
}

function requireSqlite({ store, data }: StoreAddress, otherwise: string): string {
  const path = sqlitePath(store, data)
  if (path === null) throw new StartFailure(`store: this command is for SQLite files; ${otherwise}`)
  return path
}

async function runStep<Result>(what: string, step: () => Promise<Result>): Promise<Result> {
  try {
    return await step()
  } catch (cause) {
    throw new StartFailure(`${what}: ${(cause as Error).message}`, { cause })
  }
}
