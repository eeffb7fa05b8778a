/**
 * A file whose bytes its client sent to the bucket itself: the bucket tells this server nothing, so it is asked when
 * somebody needs the file, the record that refers to it or its uploader.
 */
import { presignedOf } from '../../ports/files/file-storage.ts'
import type { KnownFile } from '../../ports/files/file-table.ts'
import type { FileContext } from './context.ts'
import { waitingMs } from './file-keeper.ts'

/** The file as it is now: `stored`, where its bytes have come meanwhile. `null`: it is gone. */
export async function settledFile(
  core: Pick<FileContext, 'files' | 'clock'>,
  file: KnownFile,
): Promise<KnownFile | null> {
  const { table, storage, counts } = core.files
  const presigned = presignedOf(storage)
  if (file.state === 'stored' || storage === null || presigned === null) return file
  // Where there is nothing to take, another node may have taken it.
  if (!(await counts.storing(() => presigned.take(file.id, file.size)))) return await table.find(file.id)
  if (!(await table.stored(file.id, core.clock.now() + waitingMs))) {
    await storage.remove(file.id)
    return null
  }
  counts.stored(file.size)
  await presigned.forgetUpload(file.id)
  return { ...file, state: 'stored' }
}
