import type { MemoryRow } from './memory-row.ts'

const slack = 64

/**
 * The rows of a channel in the order of their latest revision. A row that changes is appended again,
 * which leaves its earlier entry out of date. Such entries are dropped once they outnumber the rows: the
 * log's length follows the number of rows and not of changes, at a constant cost per change.
 */
export class ChangeLog {
  #revs: number[] = []
  #rows: MemoryRow[] = []
  #live = 0

  append(row: MemoryRow, isNew: boolean): void {
    if (isNew) this.#live++
    this.#revs.push(row.record.rev)
    this.#rows.push(row)
    if (this.#rows.length > 2 * this.#live + slack) this.#compact()
  }

  /** Removes the rows for which `purged` holds. */
  remove(purged: (row: MemoryRow) => boolean): void {
    this.#compact()
    this.#keepWhere((row) => !purged(row))
    this.#live = this.#rows.length
  }

  /** Rows with a revision above `after`, in rising revision. */
  *after(after: number): Generator<MemoryRow, undefined> {
    for (let index = this.#firstAbove(after); index < this.#rows.length; index++) {
      const row = this.#rows[index]
      if (row !== undefined && row.record.rev === this.#revs[index]) yield row
    }
    return undefined
  }

  #compact(): void {
    this.#keepWhere((row, rev) => row.record.rev === rev)
  }

  #keepWhere(keep: (row: MemoryRow, rev: number) => boolean): void {
    const revs: number[] = []
    const rows: MemoryRow[] = []
    for (const [index, row] of this.#rows.entries()) {
      const rev = this.#revs[index] ?? 0
      if (!keep(row, rev)) continue
      revs.push(rev)
      rows.push(row)
    }
    this.#revs = revs
    this.#rows = rows
  }

  #firstAbove(rev: number): number {
    let low = 0
    let high = this.#revs.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#revs[middle] ?? 0) > rev) high = middle
      else low = middle + 1
    }
    return low
  }
}
