/** What the verbs of files need. */
import type { Limits } from 'dovetail-protocol'
import type { FileStorage } from '../../ports/files/file-storage.ts'
import type { FileTable } from '../../ports/files/file-table.ts'
import type { AccessContext } from '../access/context.ts'
import type { FileCounts } from './file-counts.ts'
import type { FileKeeper } from './file-keeper.ts'

export interface FileOffice {
  readonly table: FileTable
  /** `null`: this server has no place for files. */
  readonly storage: FileStorage | null
  readonly keeper: FileKeeper
  readonly counts: FileCounts
}

/** Enough to announce files and to find them. */
export type FileContext = AccessContext & { readonly limits: Limits; readonly files: FileOffice }
