/**
 * How many rows a count of unread records reads. The reader's own records are skipped, so the walk may
 * be long where somebody wrote much and read nothing; it ends after this many rows of a collection.
 * Where it has found nothing by then and rows follow, the answer is 1: "there is something to read" may
 * then be wrong, and "there is nothing" never is.
 */
export function unreadWalk(cap: number): number {
  return cap * rowsPerCounted
}

const rowsPerCounted = 500

export interface CollectionUnread {
  /** Records by others among the rows read. */
  readonly found: number
  /** Whether rows follow those that were read. May be wrong where `found` is above 0. */
  readonly hasMore: boolean
}

export function unreadOf(collections: Iterable<CollectionUnread>, cap: number): number {
  let count = 0
  for (const { found, hasMore } of collections) {
    count += found === 0 && hasMore ? 1 : found
    if (count >= cap) return cap
  }
  return count
}
