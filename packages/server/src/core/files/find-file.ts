/** Finds a file for somebody who wants to read it. */
import { fileIdPattern } from 'dovetail-protocol'
import type { KnownFile } from '../../ports/files/file-table.ts'
import type { Caller } from '../access/caller.ts'
import { readable } from '../access/readable.ts'
import { Failure } from '../rules/failure.ts'
import type { FileContext } from './context.ts'
import { settledFile } from './settled-file.ts'

/** A file of a channel that the caller may read; one that no record refers to is for its author alone. */
export async function readableFile(core: FileContext, caller: Caller, channel: string, id: string): Promise<KnownFile> {
  await readable(core, caller, channel)
  namedFile(id)
  const file = await core.files.table.find(id)
  const isShown = file !== null && (file.isReferred || (caller.user !== null && caller.user === file.author))
  if (!isShown || file.channel !== channel) throw noSuchFile()
  return await uploaded(core, file)
}

/** Throws `not_found` for what is no id of a file. */
export function namedFile(id: string): string {
  if (!fileIdPattern.test(id)) throw noSuchFile()
  return id
}

/** An uploaded file, for whoever has a signed address of it. */
export async function uploadedFile(core: Pick<FileContext, 'files' | 'clock'>, id: string): Promise<KnownFile> {
  return await uploaded(core, await core.files.table.find(id))
}

async function uploaded(core: Pick<FileContext, 'files' | 'clock'>, file: KnownFile | null): Promise<KnownFile> {
  const settled = file === null ? null : await settledFile(core, file)
  if (settled === null || settled.state === 'pending') throw noSuchFile()
  return settled
}

export function noSuchFile(): Failure {
  return new Failure('not_found', 'There is no such file.')
}
