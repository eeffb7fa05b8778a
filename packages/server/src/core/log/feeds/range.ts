/**
 * A part of a channel's log as one frame, which takes a reader from revision `from` to revision `to`. All readers share
 * it. For readers that take smaller frames it is cut into smaller ranges, once for each size, so that they share those.
 */
import type { Change } from 'dovetail-protocol'
import type { Frame } from '../../../ports/frame.ts'
import { changesFrame } from '../../../wire/frames.ts'
import type { JsonText } from '../../../wire/json-text.ts'
import { traceChange, truncateChange } from '../../../wire/record.ts'

/** A change as the tail holds it, encoded. */
export interface EncodedChange {
  readonly rev: number
  readonly text: JsonText<Change>
  /** The whole record, where `text` is a piece. */
  readonly whole?: JsonText<Change>
  /** What was appended, where that takes a reader at the beginning of the range on; absent: the record has to come whole. */
  readonly piece?: JsonText<Change> | undefined
  /** Where its trace goes on; absent: it is not traced, or its texts say so already. */
  readonly trace?: string | undefined
}

/** The part of the log that a frame carries. */
interface RangeParts {
  readonly channel: string
  readonly epoch: string | null
  /** The log's floor, where the part may end below it; else 0. */
  readonly floor: number
  readonly from: number
  readonly to: number
  readonly changes: readonly EncodedChange[]
  /** At least the bytes of the frame's JSON. */
  readonly bytes: number
  /** The most bytes of a frame, unless one change alone is larger. */
  readonly frameBytes: number
}

/** How much of a range a slow line takes in one frame. */
export const pieceBytes = 8192
/** The most bytes of a frame around its changes. */
const envelopeBytes = 512

export class Range {
  readonly from: number
  readonly to: number
  readonly frame: Frame
  readonly #parts: RangeParts
  /** The smaller ranges, by the most bytes of a frame. Few readers ask for any. */
  #smaller: Map<number, readonly Range[]> | null = null
  #pieces: readonly Range[] | null = null
  /** The same with appends as pieces; `null`: it was not asked for yet. */
  #growing: Range | null = null
  /** The same with the traces of its changes; `null`: it was not asked for yet. */
  #traced: readonly Range[] | null = null

  constructor(parts: RangeParts) {
    const { channel, epoch, floor, from, to, changes } = parts
    this.from = from
    this.to = to
    this.frame = changesFrame({ channel, from, to, epoch, changes: changes.map(({ text }) => text) }, floor)
    this.#parts = parts
  }

  /** The same part of the log for readers that take what was appended in place of the whole record. */
  growing(): Range {
    this.#growing ??= withPieces(this, this.#parts)
    return this.#growing
  }

  /** The same part of the log for readers that asked for traces. */
  traced(): readonly Range[] {
    this.#traced ??= withTraces(this, this.#parts)
    return this.#traced
  }

  /** The same part of the log in frames of at most `maxBytes`. What one of them could not hold stands there without its data. */
  within(maxBytes: number): readonly Range[] {
    const { changes, bytes } = this.#parts
    if (bytes <= maxBytes) return [this]
    this.#smaller ??= new Map()
    let ranges = this.#smaller.get(maxBytes)
    if (ranges === undefined) {
      ranges = makeRanges(this.#parts, changes.map(truncatedTo(maxBytes)), maxBytes)
      this.#smaller.set(maxBytes, ranges)
    }
    return ranges
  }

  /** The same part of the log in small frames, of which the first has arrived long before the last where a line is slow. */
  inPieces(): readonly Range[] {
    const { changes, bytes } = this.#parts
    if (bytes <= pieceBytes) return [this]
    this.#pieces ??= makeRanges(this.#parts, changes, pieceBytes)
    return this.#pieces
  }
}

function withPieces(range: Range, parts: RangeParts): Range {
  if (!parts.changes.some(({ piece }) => piece !== undefined)) return range
  const changes = parts.changes.map(({ rev, text, piece, trace }) => {
    return piece === undefined ? { rev, text, trace } : { rev, text: piece, whole: text, trace }
  })
  const bytes = changes.reduce((sum, { text }) => sum + Buffer.byteLength(text) + 1, envelopeBytes)
  return new Range({ ...parts, changes, bytes })
}

function withTraces(range: Range, parts: RangeParts): readonly Range[] {
  if (!parts.changes.some(({ trace }) => trace !== undefined)) return [range]
  const changes = parts.changes.map(({ trace, ...change }) => {
    const { text, piece } = change
    if (trace === undefined) return change
    return {
      ...change,
      text: traceChange(text, trace),
      ...(piece === undefined ? {} : { piece: traceChange(piece, trace) }),
    }
  })
  return makeRanges(parts, changes, parts.frameBytes)
}

function truncatedTo(maxBytes: number): (change: EncodedChange) => EncodedChange {
  return ({ rev, text, whole = text }) => ({
    rev,
    text: envelopeBytes + Buffer.byteLength(text) + 1 > maxBytes ? truncateChange(whole) : text,
  })
}

/** Cuts changes into frames of at most `frameBytes`, unless one change alone is larger; their ranges join from `from` to `to`. */
export function makeRanges(
  { channel, from, to, epoch, floor }: Pick<RangeParts, 'channel' | 'from' | 'to' | 'epoch' | 'floor'>,
  changes: readonly EncodedChange[],
  frameBytes: number,
): readonly Range[] {
  const ranges: Range[] = []
  let start = from
  let first = 0
  let bytes = envelopeBytes
  const cut = (end: number, next: number) => {
    const part = changes.slice(first, next)
    ranges.push(new Range({ channel, epoch, floor, from: start, to: end, changes: part, bytes, frameBytes }))
    start = end
    first = next
    bytes = envelopeBytes
  }
  for (const [index, change] of changes.entries()) {
    const size = Buffer.byteLength(change.text) + 1
    if (index > first && bytes + size > frameBytes) cut(changes[index - 1]?.rev ?? start, index)
    bytes += size
  }
  cut(to, changes.length)
  return ranges
}
