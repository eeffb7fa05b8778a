/**
 * A channel's recent changes, each encoded once, and the frames made of them, which all readers share. Bounded in number
 * and bytes; older changes are read from the store.
 */
import type { Growth, StoredRecord } from '../../../ports/stored-record.ts'
import { encodeAppend, encodeChange } from '../../../wire/record.ts'
import { joinGrowth } from './growth.ts'
import { type EncodedChange, makeRanges, type Range } from './range.ts'

interface Entry extends EncodedChange {
  /** Collection and id: what a later change of the same record supersedes. */
  readonly record: string
  /** Only the last state of the record counts: its collection says `deliver: 'latest'`. */
  readonly isLatest: boolean
  /** The record, where it was appended to; else `null`. */
  readonly grown: Grown | null
}

type Grown = StoredRecord & { readonly growth: Growth }

export interface TailBounds {
  readonly entries: number
  readonly bytes: number
  /** No frame is longer than this, unless one record alone is. */
  readonly frameBytes: number
}

export class Tail {
  readonly #channel: string
  readonly #bounds: TailBounds
  #entries: Entry[] = []
  #bytes = 0
  /** The lowest cursor from which this tail can take a reader on. */
  #start: number
  /**
   * Frames already made, by the cursor that they start from; all end at `#madeTo`. Each new end gets a new map instead
   * of a cleared one: in V8 a cleared map's old tables point to the newer ones and keep them alive until a major
   * collection.
   */
  #made = new Map<number, readonly Range[]>()
  #madeTo = -1

  constructor(channel: string, start: number, bounds: TailBounds) {
    this.#channel = channel
    this.#start = start
    this.#bounds = bounds
  }

  /** `sent`: the revision up to which live feeds have been sent everything. Changes above it stay, whatever the bounds say: the next flush sends them. `trace`: where the change's trace goes on; absent: it is not traced. */
  push(record: StoredRecord, sent: number, isLatest = false, trace?: string): void {
    const text = encodeChange(record)
    const grown = isGrown(record) ? record : null
    const name = `${record.collection} ${record.id}`
    const piece = grown === null ? undefined : pieceOf(grown, text)
    this.#entries.push({ rev: record.rev, record: name, text, isLatest, grown, piece, trace })
    this.#bytes += text.length
    if (this.#entries.length > this.#bounds.entries * 2 || this.#bytes > this.#bounds.bytes * 2) this.#trim(sent)
  }

  /** Halves at once rather than one by one: shifting an array costs its length. */
  #trim(sent: number): void {
    const { entries: most, bytes: mostBytes } = this.#bounds
    let drop = 0
    let bytes = this.#bytes
    for (let entry = this.#entries[0]; entry !== undefined && entry.rev <= sent; entry = this.#entries[drop]) {
      if (this.#entries.length - drop <= most && bytes <= mostBytes) break
      bytes -= entry.text.length
      this.#start = entry.rev
      drop++
    }
    if (drop === 0) return
    this.#entries = this.#entries.slice(drop)
    this.#bytes = bytes
  }

  covers(from: number): boolean {
    return from >= this.#start
  }

  /** Frames that take a reader from `from` to `to`, shared by all readers at `from`. A frame from 0 carries the epoch. */
  ranges(from: number, to: number, epoch: string | null): readonly Range[] {
    if (this.#madeTo !== to) {
      this.#made = new Map()
      this.#madeTo = to
    }
    let ranges = this.#made.get(from)
    if (ranges === undefined) {
      ranges = this.#cut(this.#fold(from, to), from, to, epoch)
      this.#made.set(from, ranges)
    }
    return ranges
  }

  /**
   * Frames for readers that were sent all up to `from` and keep up. They get every state of a record (PRM3): where one
   * changed twice, the second state begins a range of its own, so that no range holds a record twice. States of
   * `latest` collections are folded.
   */
  liveRanges(from: number, to: number, epoch: string | null): readonly Range[] {
    const ends = this.#endsBeforeRepeats(from, to)
    if (ends.length === 0) return this.ranges(from, to, epoch)
    const starts = [from, ...ends]
    return [...ends, to].flatMap((end, index) => {
      const start = starts[index] ?? from
      return this.#cut(this.#fold(start, end), start, end, epoch)
    })
  }

  /** The same of records that were read from the store, which this tail does not hold. */
  rangesOf(
    records: readonly StoredRecord[],
    from: number,
    to: number,
    epoch: string | null,
    floor: number,
  ): readonly Range[] {
    const changes = records.map((record) => ({ rev: record.rev, text: encodeChange(record) }))
    return this.#cut(changes, from, to, epoch, floor)
  }

  /** What this tail holds is above the floor. */
  #cut(changes: readonly EncodedChange[], from: number, to: number, epoch: string | null, floor = 0): readonly Range[] {
    return makeRanges({ channel: this.#channel, from, to, epoch, floor }, changes, this.#bounds.frameBytes)
  }

  /** The revisions after which a range has to end, since the next one changes a record that the range holds already. */
  #endsBeforeRepeats(from: number, to: number): number[] {
    const { start, end } = this.#between(from, to)
    if (end - start <= 1) return []
    const ends: number[] = []
    let seen = new Set<string>()
    for (let i = start; i < end; i++) {
      const entry = this.#entries[i]
      if (entry === undefined || entry.isLatest) continue
      // What an append adds is in the state after it: the states between say nothing more.
      if (entry.grown !== null && seen.has(entry.record)) continue
      if (seen.has(entry.record)) {
        ends.push(entry.rev - 1)
        seen = new Set()
      }
      seen.add(entry.record)
    }
    return ends
  }

  /** The last state of each record changed in the range, in rising revision. */
  #fold(from: number, to: number): readonly EncodedChange[] {
    const { start, end } = this.#between(from, to)
    if (end - start <= 1) return this.#entries.slice(start, end).map((entry) => held(entry, from))
    const seen = new Set<string>()
    const kept: Entry[] = []
    const runs = new Map<string, AppendRun>()
    for (let i = end - 1; i >= start; i--) {
      const entry = this.#entries[i]
      if (entry === undefined) continue
      if (seen.has(entry.record)) {
        runs.get(entry.record)?.precede(entry)
        continue
      }
      seen.add(entry.record)
      kept.push(entry)
      if (entry.grown !== null) runs.set(entry.record, new AppendRun(entry, entry.grown))
    }
    kept.reverse()
    return runs.size === 0 ? kept : kept.map((entry) => runs.get(entry.record)?.folded(from) ?? entry)
  }

  #between(from: number, to: number): { start: number; end: number } {
    let end = this.#entries.length
    while (end > 0 && (this.#entries[end - 1]?.rev ?? 0) > to) end--
    let low = 0
    let high = end
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#entries[middle]?.rev ?? 0) <= from) low = middle + 1
      else high = middle
    }
    return { start: low, end }
  }
}

/** The changes of one record in a range, of which the last one is an append. */
class AppendRun {
  readonly #last: Entry
  readonly #record: Grown
  /** `null`: a change in the range is no append, so that only the whole record brings a reader on. */
  #growth: Growth | null

  constructor(last: Entry, record: Grown) {
    this.#last = last
    this.#record = record
    this.#growth = record.growth
  }

  /** Takes the change before those that it has. */
  precede({ grown }: Entry): void {
    this.#growth = grown === null || this.#growth === null ? null : joinGrowth(grown.growth, this.#growth)
  }

  /** For readers that hold all up to `from`: they may have been sent nothing of what this tail was not given. */
  folded(from: number): EncodedChange {
    const { rev, text, trace } = this.#last
    if (this.#growth === null || this.#growth.from > from) return { rev, text, trace }
    return { rev, text, piece: pieceOf({ ...this.#record, growth: this.#growth }, text), trace }
  }
}

/** The change for readers that hold all up to `from`. */
function held(entry: Entry, from: number): EncodedChange {
  const { rev, text, grown, trace } = entry
  return grown === null || grown.growth.from <= from ? entry : { rev, text, trace }
}

function isGrown(record: StoredRecord): record is Grown {
  return record.growth !== undefined
}

/** Absent where it is no shorter than the record. */
function pieceOf(record: Grown, text: string): EncodedChange['piece'] {
  const piece = encodeAppend(record, record.growth)
  return piece.length < text.length ? piece : undefined
}
