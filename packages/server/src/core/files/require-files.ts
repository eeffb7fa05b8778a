/**
 * Whether the data of a write may refer to the files that it names: each is of this channel and uploaded, is the writer's
 * or the author's own unless the record refers to it already, and is described as it is.
 */
import type { FieldError } from 'dovetail-protocol'
import type { KnownFile } from '../../ports/files/file-table.ts'
import { Failure } from '../rules/failure.ts'
import { type FieldPath, type FileField, fileFieldsIn, fileIdIn, fileIdsIn } from '../rules/file-fields.ts'
import type { FileContext } from './context.ts'
import { settledFile } from './settled-file.ts'

export interface ReferringWrite {
  readonly channel: string
  readonly fields: readonly FieldPath[]
  /** The data that the record will have, and the data that it has; `null`: it is new. */
  readonly data: unknown
  readonly before: unknown
  /** Who may be the author of a file that the record did not refer to before. */
  readonly writers: readonly (string | null)[]
}

/** Throws `invalid_data`. */
export async function requireFiles(core: Pick<FileContext, 'files' | 'clock'>, write: ReferringWrite): Promise<void> {
  const fields = fileFieldsIn(write.data, write.fields)
  if (fields.length === 0) return
  const known = new Set(fileIdsIn(write.before, write.fields))
  const errors: FieldError[] = []
  for (const field of fields) errors.push(...(await faultsOf(core, write, field, known)))
  if (errors.length > 0) throw new Failure('invalid_data', 'The data refers to a file that it may not.', { errors })
}

async function faultsOf(
  core: Parameters<typeof requireFiles>[0],
  { channel, writers }: ReferringWrite,
  { pointer, value }: FileField,
  known: ReadonlySet<string>,
): Promise<FieldError[]> {
  const id = fileIdIn(value)
  const found = id === null ? null : await core.files.table.find(id)
  const isOwn = found !== null && (known.has(found.id) || writers.includes(found.author))
  // A file that is gone is not asked of again: an erasure left the record without it.
  if (found === null && id !== null && known.has(id)) return []
  const file = found !== null && found.channel === channel && isOwn ? await settledFile(core, found) : null
  if (file === null) return [{ pointer, message: 'There is no such file of yours in this channel.' }]
  if (file.state === 'pending') return [{ pointer, message: 'The file is not uploaded yet.' }]
  return typeof value === 'object' && value !== null ? wrongFacts(pointer, value, file) : []
}

const repeatedFacts = ['name', 'type', 'size', 'width', 'height'] as const

function wrongFacts(pointer: string, value: object, file: KnownFile): FieldError[] {
  const given = new Map<string, unknown>(Object.entries(value))
  return repeatedFacts
    .filter((fact) => given.has(fact) && given.get(fact) !== (file[fact] ?? undefined))
    .map((fact) => ({ pointer: `${pointer}/${fact}`, message: 'The file was announced with another value.' }))
}
