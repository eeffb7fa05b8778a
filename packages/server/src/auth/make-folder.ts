/** Creates folders. */
import { mkdir, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'

/**
 * Creates a folder, with this mode, and its missing parents. The recursive `mkdir` of Node never ends where the kernel reports a missing
 * parent although the parent exists, as in `/proc`.
 */
export async function makeFolder(path: string, mode?: number): Promise<void> {
  const folder = resolve(path)
  try {
    await mkdir(folder, mode)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EEXIST' && (await isFolder(folder))) return
    const parent = dirname(folder)
    if (code !== 'ENOENT' || parent === folder || (await isFolder(parent))) throw error
    await makeFolder(parent)
    await makeFolder(folder, mode)
  }
}

/** For the data of everybody who uses the server: nobody else on this machine may read it. */
export const privateFolder = 0o700

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
}
