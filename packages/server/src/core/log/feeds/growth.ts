/** The appends of a run as one: what a reader that holds the record in any state of the run adds to it. */
import type { Growth, Piece } from '../../../ports/stored-record.ts'

/** `later` begins where `earlier` ends. */
export function joinGrowth(earlier: Growth, later: Growth): Growth {
  return { from: earlier.from, pieces: joinPieces([...earlier.pieces, ...later.pieces]) }
}

/** One piece for each path, in the order in which they begin. */
function joinPieces(pieces: readonly Piece[]): Piece[] {
  const byPath = new Map<string, Piece>()
  for (const piece of pieces) {
    const before = byPath.get(piece.path)
    byPath.set(piece.path, before === undefined ? piece : { ...before, value: before.value + piece.value })
  }
  return [...byPath.values()]
}
