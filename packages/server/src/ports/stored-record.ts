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
}
