/**
 * Whether something was purged that a reader at `rev` was not told of. `begunAt`: the floor that the log had when the
 * reader began at its beginning; 0: the reader began above it.
 */
export function isExpired(rev: number, begunAt: number, floor: number): boolean {
  return rev < floor && begunAt < floor
}
