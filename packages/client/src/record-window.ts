import type { AnyRecord, LiveRecord } from '@dovetail/protocol'

/** A whole reading of the records with `from` ≤ pos ≤ `to`, as they stood at revision `at`. */
export interface WholeRange {
  readonly records: readonly LiveRecord[]
  readonly from: number
  readonly to: number
  readonly at: number
}

/**
 * The part of a collection that is held: all records between two positions, merged from pages, changes and
 * acknowledgements in whatever order they come, by revision: the higher wins. Rows are in rising `pos`,
 * each record once.
 */
export class RecordWindow<Row extends { readonly record: LiveRecord }> {
  readonly #wrap: (record: LiveRecord) => Row
  /** Tombstones too, and records beyond the window while a page that may hold an older state is under way. */
  #known = new Map<string, AnyRecord>()
  #rows: readonly Row[] = []
  #low = Number.POSITIVE_INFINITY
  #high = Number.POSITIVE_INFINITY
  /** Pages under way. */
  #loads = 1

  constructor(wrap: (record: LiveRecord) => Row) {
    this.#wrap = wrap
  }

  get rows(): readonly Row[] {
    return this.#rows
  }
  /** All with `pos` from here on are held; 0: there are no older ones. */
  get low(): number {
    return this.#low
  }
  /** All with `pos` up to here are held; infinite: also those to come. */
  get high(): number {
    return this.#high
  }

  /** Reading begins anew; the rows stay until the first page is there. `forget`: another epoch, nothing known counts. */
  restart(forget: boolean): void {
    if (forget) this.#known = new Map()
    this.#low = this.#high = Number.POSITIVE_INFINITY
    this.#loads = 1
  }

  loading(): void {
    this.#loads += 1
  }

  /** A page that was under way will not come. */
  abandoned(): void {
    this.#loads = Math.max(0, this.#loads - 1)
    this.#prune(this.#known.values())
  }

  /** Changes and acknowledgements. Returns whether a row changed. */
  put(records: readonly AnyRecord[]): boolean {
    const news = records.filter((record) => this.#merge(record))
    if (this.#low === Number.POSITIVE_INFINITY) return false
    const shown = news.filter((record) => this.#holds(record))
    if (shown.length > 0) this.#rows = shown.length > 32 ? this.#sorted() : this.#patched(shown)
    this.#prune(news)
    return shown.length > 0
  }

  /** A page: for its range it is the truth as of its revision. The window grows by it. */
  page(range: WholeRange): void {
    const listed = new Set(range.records.map((record) => record.id))
    for (const [id, record] of this.#known) {
      const covered = record.pos >= range.from && record.pos <= range.to && record.rev <= range.at
      if (covered && !record.deleted && !listed.has(id)) this.#known.delete(id)
    }
    for (const record of range.records) this.#merge(record)
    const first = this.#low === Number.POSITIVE_INFINITY
    this.#low = Math.min(this.#low, range.from)
    this.#high = first ? range.to : Math.max(this.#high, range.to)
    this.#loads = Math.max(0, this.#loads - 1)
    this.#rows = this.#sorted()
    this.#prune(this.#known.values())
  }

  /** Makes a record's row again, since what it is made of changed. */
  rewrap(id: string): void {
    const record = this.#rows.find((row) => row.record.id === id)?.record
    if (record !== undefined) this.#rows = this.#patched([record])
  }

  #holds(record: AnyRecord): boolean {
    return record.pos >= this.#low && record.pos <= this.#high
  }

  #merge(record: AnyRecord): boolean {
    const known = this.#known.get(record.id)
    if (known !== undefined && known.rev >= record.rev) return false
    this.#known.set(record.id, record)
    return true
  }

  #sorted(): Row[] {
    const kept = new Map(this.#rows.map((row) => [row.record, row]))
    const rows: Row[] = []
    for (const record of this.#known.values()) {
      if (!record.deleted && this.#holds(record)) rows.push(kept.get(record) ?? this.#wrap(record))
    }
    return rows.sort((a, b) => a.record.pos - b.record.pos)
  }

  #patched(records: readonly AnyRecord[]): Row[] {
    const rows = this.#rows.slice()
    for (const record of records) {
      const index = this.#place(rows, record.pos)
      const there = rows[index]?.record.pos === record.pos ? 1 : 0
      if (record.deleted) rows.splice(index, there)
      else rows.splice(index, there, this.#wrap(record))
    }
    return rows
  }

  /** The index of the first row at or above `pos`. */
  #place(rows: readonly Row[], pos: number): number {
    let low = 0
    let high = rows.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((rows[middle]?.record.pos ?? 0) < pos) low = middle + 1
      else high = middle
    }
    return low
  }

  /** With no page under way, what lies beyond the window is of no use: a later page holds it as it will be. */
  #prune(records: Iterable<AnyRecord>): void {
    if (this.#loads > 0) return
    for (const record of records) if (!this.#holds(record)) this.#known.delete(record.id)
  }
}
