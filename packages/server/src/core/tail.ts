/**
 * The ring of a channel's recent changes, each encoded once, and the frames made of them.
 * Bounded in number and bytes; what has left it is read from the store.
 */

import { formatCursor } from '@dovetail/protocol'
import { Frame } from '../ports/frame.ts'
import { encodeChange, type StoredRecord } from '../ports/stored-record.ts'

interface Entry {
  readonly rev: number
  /** Collection and id: what a later change of the same record supersedes. */
  readonly record: string
  readonly text: string
}

export interface Range {
  readonly from: number
  readonly to: number
  readonly frame: Frame
}

export interface TailBounds {
  readonly entries: number
  readonly bytes: number
  /** No frame is longer than this, unless one record alone is. */
  readonly frameBytes: number
}

/** Room for what stands around the changes in a frame. */
const envelopeBytes = 512

export class Tail {
  readonly #channel: string
  readonly #bounds: TailBounds
  #entries: Entry[] = []
  #bytes = 0
  /** The ring can take a reader on from here and above. */
  #start: number
  /**
   * Frames already made, by where they start; valid up to one `to`. A new map for each, not one that
   * is emptied: tables that a map has left point to those that follow, and an old one keeps them all
   * until the next collection of the old generation.
   */
  #made = new Map<number, readonly Range[]>()
  #madeTo = -1

  constructor(channel: string, start: number, bounds: TailBounds) {
    this.#channel = channel
    this.#start = start
    this.#bounds = bounds
  }

  /** `sent`: the revision up to which live readers were sent all. What lies above stays, whatever the bounds say: they are sent it from here. */
  push(record: StoredRecord, sent: number): void {
    const text = encodeChange(record)
    this.#entries.push({ rev: record.rev, record: `${record.collection} ${record.id}`, text })
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

  /** Frames that take a reader from `from` to `to`; `epoch` is told where the reader had nothing. Shared by all readers who stand there. */
  ranges(from: number, to: number, epoch: string | null): readonly Range[] {
    if (this.#madeTo !== to) {
      this.#made = new Map()
      this.#madeTo = to
    }
    let ranges = this.#made.get(from)
    if (ranges === undefined) {
      ranges = makeRanges(this.#channel, from, to, epoch, this.#fold(from, to), this.#bounds.frameBytes)
      this.#made.set(from, ranges)
    }
    return ranges
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

/** Cuts a run of changes into frames under the bound, so that the ranges join from `from` to `to`. */
export function makeRanges(
  channel: string,
  from: number,
  to: number,
  epoch: string | null,
  changes: readonly { readonly rev: number; readonly text: string }[],
  frameBytes: number,
): readonly Range[] {
  const ranges: Range[] = []
  let start = from
  let texts: string[] = []
  let bytes = envelopeBytes
  let last = from
  const cut = (end: number) => {
    ranges.push({ from: start, to: end, frame: changesFrame(channel, start, end, epoch, texts) })
    start = end
    texts = []
    bytes = envelopeBytes
  }
  for (const change of changes) {
    const size = Buffer.byteLength(change.text) + 1
    if (texts.length > 0 && bytes + size > frameBytes) cut(last)
    texts.push(change.text)
    bytes += size
    last = change.rev
  }
  cut(to)
  return ranges
}

export function changesFrame(
  channel: string,
  from: number,
  to: number,
  epoch: string | null,
  changes: readonly string[],
): Frame {
  const told = from === 0 && epoch !== null ? `"epoch":"${epoch}",` : ''
  const json = `{"op":"changes","channel":"${channel}","from":${from},"to":${to},${told}"changes":[${changes.join(',')}]}`
  return new Frame('changes', json, formatCursor(epoch, to))
}
