/** A row of the log: a record or its tombstone. */
export interface StoredRecord {
  readonly collection: string
  readonly id: string
  readonly pos: number
  readonly rev: number
  readonly author: string
  readonly createdAt: number
  readonly updatedAt: number
  readonly deleted: boolean
  /** JSON text; empty for a tombstone. */
  readonly data: string
  /**
   * Of a tombstone: the user who deleted it. Empty: a caller without identity. Absent or empty where that is not known:
   * in what a notification carries, and in what an earlier version deleted.
   */
  readonly deletedBy?: string
  /** Of a change that was just committed, by an append: what was appended. A notification may carry it in place of `data`. */
  readonly growth?: Growth
}

/** What appends added to a record that stood at revision `from`. */
export interface Growth {
  readonly from: number
  /** At most one for each path. */
  readonly pieces: readonly Piece[]
}

/** What was added to one string of a record's data. */
export interface Piece {
  /** A JSON pointer into the data. */
  readonly path: string
  /** The UTF-16 units of the string before. */
  readonly at: number
  readonly value: string
}
