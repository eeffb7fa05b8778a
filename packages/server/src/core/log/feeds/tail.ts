/**
 * A channel's recent changes, each encoded once, and the frames made of them, which all readers share. Bounded in number
 * and bytes; older changes are read from the store.
 */
import type { StoredRecord } from '../../../ports/stored-record.ts'
import { encodeChange } from '../../../wire/record.ts'
import { type EncodedChange, makeRanges, type Range } from './range.ts'

interface Entry extends EncodedChange {
  /** Collection and id: what a later change of the same record supersedes. */
  readonly record: string
  /** Only the last state of the record counts: its collection says `deliver: 'latest'`. */
  readonly isLatest: boolean
}

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

  /** `sent`: the revision up to which live feeds have been sent everything. Changes above it stay, whatever the bounds say: the next flush sends them. */
  push(record: StoredRecord, sent: number, isLatest = false): void {
    const text = encodeChange(record)
    this.#entries.push({ rev: record.rev, record: `${record.collection} ${record.id}`, text, isLatest })
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
      if (seen.has(entry.record)) {
        ends.push(entry.rev - 1)
        seen = new Set()
      }
      seen.add(entry.record)
    }
    return ends
  }

  /** The last state of each record changed in the range, in rising revision. */
  #fold(from: number, to: number): Entry[] {
    const { start, end } = this.#between(from, to)
    if (end - start <= 1) return this.#entries.slice(start, end)
    const seen = new Set<string>()
    const kept: Entry[] = []
    for (let i = end - 1; i >= start; i--) {
      const entry = this.#entries[i]
      if (entry === undefined || seen.has(entry.record)) continue
      seen.add(entry.record)
      kept.push(entry)
    }
    return kept.reverse()
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
