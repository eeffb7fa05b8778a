import type { AnyRecord, LiveRecord } from 'dovetail-protocol'

/** All records with `from` ≤ pos ≤ `to`, in their state at revision `at`. */
export interface WholeRange {
  readonly records: readonly LiveRecord[]
  readonly from: number
  readonly to: number
  readonly at: number
}

/** How many recent tombstones are kept, so that their number is bounded in a view that stays open for long. */
const keptTombstones = 500

/**
 * The held part of a collection: all records between two positions, merged from pages, changes and
 * acknowledgements in any order; the higher revision wins. Rows are in rising `pos`, each record once.
 */
export class RecordWindow<Row extends { readonly record: LiveRecord }> {
  readonly #wrap: (record: LiveRecord) => Row
  /** Known records by id, with tombstones, and with records outside the window while a page under way may hold an older state of them. */
  #known = new Map<string, AnyRecord>()
  #rows: readonly Row[] = []
  #low = Number.POSITIVE_INFINITY
  #high = Number.POSITIVE_INFINITY
  /** The number of pages under way. */
  #loads = 1

  constructor(wrap: (record: LiveRecord) => Row) {
    this.#wrap = wrap
  }

  get rows(): readonly Row[] {
    return this.#rows
  }
  /** The lower end: all records at and above this `pos` are held; 0: no older records exist. */
  get low(): number {
    return this.#low
  }
  /** The upper end: all records up to this `pos` are held; infinite: future records, too. */
  get high(): number {
    return this.#high
  }

  /**
   * Prepares for reading again after a reset: the rows stay until the first page arrives, and everything else is
   * forgotten, in the same epoch too: a log restored from a copy has lower revisions than the known ones, which no
   * later change of these records would exceed. The page, or a later change, brings what is still valid.
   */
  restart(): void {
    this.#known = new Map()
    this.#low = this.#high = Number.POSITIVE_INFINITY
    this.#loads = 1
  }

  loading(): void {
    this.#loads += 1
  }

  /** A page that was under way failed. */
  abandoned(): void {
    this.#loads = Math.max(0, this.#loads - 1)
    this.#prune(this.#known.values())
  }

  /** Merges changes and acknowledgements. */
  put(records: readonly AnyRecord[]): void {
    const news = records.filter((record) => this.#merge(record))
    if (this.#low === Number.POSITIVE_INFINITY) return
    const shown = news.filter((record) => this.#holds(record))
    if (shown.length > 0) this.#rows = shown.length > 32 ? this.#sorted() : this.#patched(shown)
    this.#prune(news)
  }

  /** Merges a page, which is complete for its range at its revision, and extends the window by that range. */
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

  /**
   * Drops the oldest rows, down to `count`, and returns them; a page can load them again. Does nothing while a page
   * is under way, which would join rows that are no longer held, nor when the newest records are not held.
   */
  trim(count: number): readonly Row[] {
    const gone = this.#rows.slice(0, Math.max(0, this.#rows.length - count))
    if (this.#loads > 0 || this.#high !== Number.POSITIVE_INFINITY || gone.length === 0) return []
    this.#rows = this.#rows.slice(gone.length)
    this.#low = this.#rows[0]?.record.pos ?? this.#low
    this.#prune(this.#known.values())
    return gone
  }

  /** Builds a record's row again, since its inputs changed. */
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
      const index = this.#indexFor(rows, record.pos)
      const there = rows[index]?.record.pos === record.pos ? 1 : 0
      if (record.deleted) rows.splice(index, there)
      else rows.splice(index, there, this.#wrap(record))
    }
    return rows
  }

  /** The index of the first row at or above `pos`. */
  #indexFor(rows: readonly Row[], pos: number): number {
    let low = 0
    let high = rows.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((rows[middle]?.record.pos ?? 0) < pos) low = middle + 1
      else high = middle
    }
    return low
  }

  /** Forgets records outside the window when no page is under way: a later page holds their newer state. */
  #prune(records: Iterable<AnyRecord>): void {
    if (this.#loads > 0) return
    for (const record of records) if (!this.#holds(record)) this.#known.delete(record.id)
    if (this.#known.size - this.#rows.length > 2 * keptTombstones) this.#pruneTombstones()
  }

  /** Forgets old tombstones: only a late acknowledgement or a page under way may still hold an older state of a deleted record. */
  #pruneTombstones(): void {
    const tombstones = [...this.#known.values()].filter(({ deleted }) => deleted).sort((a, b) => b.rev - a.rev)
    for (const { id } of tombstones.slice(keptTombstones)) this.#known.delete(id)
  }
}
