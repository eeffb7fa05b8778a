import { execFile } from 'node:child_process'
import { statfs, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Mounts a disk of its own over the folder. Only root may. */
export async function mountSmallDisk(folder: string, mebibytes: number): Promise<() => Promise<void>> {
  await run('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m,mode=0700`, 'tmpfs', folder])
  return async () => {
    // Lazily: what still runs there ends in its own time.
    await run('umount', ['-l', folder])
  }
}

/**
 * A command that mounts such a disk over the folder for what it runs, and for nobody else; it goes with it. Root or
 * not: who may not mount here may do it in a user namespace.
 */
export function onSmallDisk(folder: string, mebibytes: number): string[] {
  const mount = `mount -t tmpfs -o size=${mebibytes}m tmpfs '${folder}' && exec "$@"`
  return ['unshare', process.getuid?.() === 0 ? '-m' : '-rm', 'sh', '-c', mount, 'sh']
}

/** Leaves not a byte of room in the folder. */
export async function fillDisk(folder: string): Promise<void> {
  const { bavail, bsize } = await statfs(folder)
  const file = join(folder, 'filler')
  await writeFile(file, '')
  // A piece too much at a time, smaller and smaller, so that it is full to the last block.
  for (let bytes = bavail * bsize; bytes >= 1; bytes = Math.floor(bytes / 2))
    await writeFile(file, Buffer.alloc(bytes), { flag: 'a' }).catch(() => undefined)
}

export async function makeRoom(folder: string): Promise<void> {
  await truncate(join(folder, 'filler'), 0)
}
