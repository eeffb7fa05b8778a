/** Finds what was appended, between two states of a record's data. */
import type { Piece } from '../../ports/stored-record.ts'

/** What brings `before` to `after`, both JSON text; `null`: more than text at the end of strings is other. */
export function addedPieces(before: string, after: string): readonly Piece[] | null {
  const pieces: Piece[] = []
  return collect(JSON.parse(before), JSON.parse(after), '', pieces) ? pieces : null
}

/** False where one does not grow into the other. */
function collect(before: unknown, after: unknown, path: string, pieces: Piece[]): boolean {
  if (typeof before === 'string' && typeof after === 'string') {
    if (before !== after) pieces.push({ path, at: before.length, value: after.slice(before.length) })
    return after.startsWith(before)
  }
  if (!isNested(before) || !isNested(after)) return before === after
  const names = Object.keys(after)
  if (Array.isArray(before) !== Array.isArray(after) || Object.keys(before).length !== names.length) return false
  return names.every(
    (name) =>
      Object.hasOwn(before, name) &&
      collect(before[name], after[name], `${path}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`, pieces),
  )
}

function isNested(value: unknown): value is { readonly [name: string]: unknown } {
  return typeof value === 'object' && value !== null
}
