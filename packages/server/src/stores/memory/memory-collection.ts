import type { StoredRecord } from '../../ports/stored-record.ts'
import type { MemoryRow } from './memory-row.ts'

/** The records of one collection: by id, and in rising `pos` for pages. */
export class MemoryCollection {
  readonly byId = new Map<string, MemoryRow>()
  /** In rising `pos`, tombstones included: a restored record keeps its position. */
  #byPos: MemoryRow[] = []
  /** In the order made: another one than `pos` only where records of another log were imported. */
  #byOrder: MemoryRow[] = []
  #tombstones = 0

  get tombstones(): number {
    return this.#tombstones
  }

  add(record: StoredRecord, order: number, words: string): MemoryRow {
    const row: MemoryRow = { record, order, words }
    this.byId.set(record.id, row)
    this.#byPos.splice(this.#firstFrom(record.pos), 0, row)
    this.#byOrder.push(row)
    if (record.deleted) this.#tombstones++
    return row
  }

  change(row: MemoryRow, record: StoredRecord, words: string): void {
    row.words = words
    this.#tombstones += Number(record.deleted) - Number(row.record.deleted)
    row.record = record
  }

  remove(rows: ReadonlySet<MemoryRow>): void {
    for (const row of rows) {
      if (!this.byId.delete(row.record.id)) continue
      if (row.record.deleted) this.#tombstones--
    }
    this.#byPos = this.#byPos.filter((row) => !rows.has(row))
    this.#byOrder = this.#byOrder.filter((row) => !rows.has(row))
  }

  /** Live records with a `pos` below `split`, in falling `pos`. */
  *older(split: number): Generator<StoredRecord, undefined> {
    for (let index = this.#firstFrom(split) - 1; index >= 0; index--) {
      const record = this.#byPos[index]?.record
      if (record?.deleted === false) yield record
    }
    return undefined
  }

  /** Live records with a `pos` of `split` or above, in rising `pos`. */
  *newer(split: number): Generator<StoredRecord, undefined> {
    for (let index = this.#firstFrom(split); index < this.#byPos.length; index++) {
      const record = this.#byPos[index]?.record
      if (record?.deleted === false) yield record
    }
    return undefined
  }

  /** The `pos` of the newest live record behind the newest `keep` ones; `null`: there is none. */
  surplus(keep: number): number | null {
    let left = Math.min(keep, this.byId.size)
    if (left < keep) return null
    for (const record of this.older(Number.POSITIVE_INFINITY)) if (left-- === 0) return record.pos
    return null
  }

  /**
   * Up to `limit` rows made before `order` whose words contain all of `parts`, the newest first. The
   * walk ends at the limit.
   */
  search(parts: readonly string[], order: number, limit: number): readonly MemoryRow[] {
    const found: MemoryRow[] = []
    for (let index = this.#byOrder.length - 1; index >= 0 && found.length < limit; index--) {
      const row = this.#byOrder[index]
      if (row === undefined || row.words === '' || row.order >= order) continue
      if (parts.every((part) => row.words.includes(part))) found.push(row)
    }
    return found
  }

  #firstFrom(pos: number): number {
    let low = 0
    let high = this.#byPos.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#byPos[middle]?.record.pos ?? 0) >= pos) high = middle
      else low = middle + 1
    }
    return low
  }
}
