/** What the verbs that move whole records in and out need. */
import type { ReadContext } from '../read/context.ts'
import type { WriteContext } from '../write/context.ts'

export type ExportContext = ReadContext
export type ImportContext = WriteContext
