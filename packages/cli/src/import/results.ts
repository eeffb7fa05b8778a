/** The results of one import request, counted. */
import type { Problem } from '../requests/refusal.ts'
import type { ImportedRecord } from './incoming.ts'

export interface ImportCounts {
  readonly created: number
  readonly kept: number
  readonly refused: number
}

/** What was not imported, and why. */
export interface RefusedRecord {
  readonly line: number | string
  readonly error: { readonly code: string; readonly detail: string; readonly errors?: readonly unknown[] }
  /** The record, or the text that is none. */
  readonly record: unknown
}

export interface ImportWatch {
  readonly onRefused: (refused: RefusedRecord) => void
  readonly onProgress: (counts: ImportCounts) => void
}

export interface Result {
  readonly status: 'created' | 'kept' | 'refused'
  readonly error?: Partial<Problem>
}

/** `sent`: the records, in the order of the results. */
export function countResults(
  results: readonly Result[],
  sent: readonly { readonly line: number | string; readonly record: ImportedRecord }[],
  counts: { created: number; kept: number; refused: number },
  watch: ImportWatch,
): void {
  for (const [index, { line, record }] of sent.entries()) {
    const { status = 'refused', error } = results[index] ?? {}
    counts[status] += 1
    if (status === 'refused') watch.onRefused({ line, error: errorOf(error), record })
  }
}

function errorOf({ code = 'internal', detail = 'no result', errors = [] }: Partial<Problem> = {}) {
  return { code, detail, ...(errors.length === 0 ? {} : { errors }) }
}
