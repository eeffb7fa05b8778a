/** What people who run servers do to a store while no server has it, or beside one. */
import { dirname } from 'node:path'
import { makeFolder } from './auth/make-folder.ts'
import { openStore, StartFailure, sqlitePath } from './open.ts'

export interface StorePlace {
  /** As `--store`; absent: the SQLite file in `data`. */
  readonly store?: string
  readonly data: string
}

/**
 * Gives every channel a new epoch: no cursor of before can be continued, and every reader is told to
 * begin anew. What has to be done after a store was put back to an earlier time, since revisions
 * that readers know are given a second time then.
 * @returns how many channels
 */
export async function newEpochs({ store: url, data }: StorePlace): Promise<number> {
  const { store } = await openStore(url, data)
  try {
    return await store.renew()
  } finally {
    await store.close()
  }
}

/** Copies the SQLite file into another one, also while it is served. */
export async function backUpStore(place: StorePlace, target: string): Promise<void> {
  const path = requireSqlite(place, 'PostgreSQL has its own way: pg_dump')
  const { backUp } = await import('./stores/sqlite/copy.ts')
  await told('backup', () => backUp(path, target))
}

/** Puts a copy in the place of the SQLite file, and ends every epoch. */
export async function restoreStore(place: StorePlace, copy: string): Promise<number> {
  const path = requireSqlite(place, 'put it back with its own tools, then run: dovetail epoch --new')
  const { putBack } = await import('./stores/sqlite/copy.ts')
  await told('restore', async () => {
    await makeFolder(dirname(path))
    await putBack(copy, path)
  })
  return newEpochs(place)
}

function requireSqlite({ store, data }: StorePlace, otherwise: string): string {
  const path = sqlitePath(store, data)
  if (path === null) throw new StartFailure(`store: this command is for SQLite files; ${otherwise}`)
  return path
}

async function told(what: string, step: () => Promise<void>): Promise<void> {
  try {
    await step()
  } catch (cause) {
    throw new StartFailure(`${what}: ${(cause as Error).message}`, { cause })
  }
}
