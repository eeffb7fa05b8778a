/**
 * Files in a folder of this machine, or of a disk that all nodes share. A file has the name of its id, in a folder of the
 * id's first two characters. It is written under another name and gets its own when it is on the disk, so that what has
 * its name is whole. Only the owner may open it.
 */
import { type FileHandle, link, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Clock } from '../ports/clock.ts'
import { type FolderStorage, WrongSize } from '../ports/files/file-storage.ts'

const privateFolder = 0o700
const privateFile = 0o600
/** An upload that is older than this has ended, whatever its limit. */
const longestUploadMs = 2 * 3_600_000

/** The folder is made with the first file. */
export function folderFiles(folder: string, clock: Clock): FolderStorage {
  const root = resolve(folder)
  const incoming = join(root, 'incoming')
  let uploads = 0
  const pathOf = (id: string) => join(root, id.slice(0, 2), id)
  return {
    kind: 'folder',
    locate: (id) => ({ root, path: `/${id.slice(0, 2)}/${id}` }),
    write: async (id, bytes, size, signal) => {
      const part = join(incoming, `${id}.${process.pid}.${++uploads}`)
      await mkdir(incoming, { recursive: true, mode: privateFolder })
      try {
        await writePart(part, bytes, size, signal)
        await mkdir(join(root, id.slice(0, 2)), { recursive: true, mode: privateFolder })
        await giveName(part, pathOf(id))
        await flushFolder(join(root, id.slice(0, 2)))
      } catch (error) {
        await rm(part, { force: true })
        throw error
      }
    },
    remove: (id) => rm(pathOf(id), { force: true }),
    sweep: async () => {
      for (const name of (await readdir(incoming).catch(absent)) ?? []) {
        const found = await stat(join(incoming, name)).catch(absent)
        if (found !== null && found.mtimeMs < clock.now() - longestUploadMs)
          await rm(join(incoming, name), { force: true })
      }
    },
  }
}

const withoutLinks: ReadonlySet<string | undefined> = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'])

/**
 * Gives a whole file its name. One that has the name already, by an upload that ended before, stays: it may have been
 * read. A disk without hard links has the last one.
 */
async function giveName(part: string, path: string): Promise<void> {
  try {
    await link(part, path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (withoutLinks.has(code)) return await rename(part, path)
    if (code !== 'EEXIST') throw error
  }
  await rm(part, { force: true })
}

async function writePart(
  path: string,
  bytes: AsyncIterable<Uint8Array>,
  size: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const file = await open(path, 'wx', privateFile)
  try {
    let written = 0
    for await (const chunk of signal === undefined ? bytes : untilAborted(bytes, signal)) {
      written += chunk.length
      if (written > size) throw new WrongSize(written)
      await writeAll(file, chunk)
    }
    signal?.throwIfAborted()
    if (written < size) throw new WrongSize(written)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Ends with the signal's reason also while no bytes come. */
async function* untilAborted(bytes: AsyncIterable<Uint8Array>, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const aborted = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
  })
  const iterator = bytes[Symbol.asyncIterator]()
  for (;;) {
    const next = await Promise.race([iterator.next(), aborted])
    if (next.done === true) return
    yield next.value
  }
}

async function writeAll(file: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let at = 0; at < chunk.length; ) at += (await file.write(chunk, at)).bytesWritten
}

/** Makes the new name durable, on systems that can flush a folder. */
async function flushFolder(path: string): Promise<void> {
  const folder = await open(path, 'r').catch(() => null)
  await folder?.sync().catch(() => undefined)
  await folder?.close()
}

function absent(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null
  throw error
}
