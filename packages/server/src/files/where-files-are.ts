import { type FileStorage, presignedOf } from '../ports/files/file-storage.ts'

/** A line for the log; `null`: they are where everybody expects them, or nobody asks. */
export function whereFilesAre(
  { files, store }: { readonly files?: string | undefined; readonly store?: string | undefined },
  storage: FileStorage | null,
  areTaken: boolean,
): string | null {
  if (!areTaken) return null
  // What is forgotten with the process has no need of a folder.
  if (storage === null) return store === 'memory:' ? null : 'files are refused, since no --files says where they go'
  if (files === undefined) return null
  return `files are kept in ${files}${presignedOf(storage) !== null ? '; clients send and read them there' : ''}`
}
